# DTLS, SRTP and SCTP: what a peer can send before and after it has keys.
stellwerk_fuzz_target(
  NAME dtls_records SOURCES dtls_records_fuzz.cc CORPUS corpus/dtls_records
  DEPS stellwerk::transport_dtls)
stellwerk_fuzz_target(
  NAME srtp_unprotect SOURCES srtp_unprotect_fuzz.cc CORPUS corpus/srtp_unprotect
  DEPS stellwerk::transport_srtp)
stellwerk_fuzz_target(
  NAME srtp_backends SOURCES srtp_backends_fuzz.cc CORPUS corpus/srtp_backends
  DEPS stellwerk::transport_srtp)
stellwerk_fuzz_target(
  NAME sctp_packet SOURCES sctp_packet_fuzz.cc CORPUS corpus/sctp_packet
  DEPS stellwerk::transport_sctp)
stellwerk_fuzz_target(NAME dcep SOURCES dcep_fuzz.cc CORPUS corpus/dcep DEPS stellwerk::transport_sctp)
