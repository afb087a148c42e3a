# Parsers of rtc/rtp, rtc/rtcp and rtc/codec. The corpora are packets that Chromium 156 sent, after decryption.
stellwerk_fuzz_target(
  NAME rtp_packet SOURCES rtp_packet_fuzz.cc CORPUS corpus/rtp_packet
  DEPS stellwerk::rtc_rtp stellwerk::rtc_codec)
stellwerk_fuzz_target(NAME rtcp SOURCES rtcp_fuzz.cc CORPUS corpus/rtcp DEPS stellwerk::rtc_rtcp)
stellwerk_fuzz_target(NAME payload SOURCES payload_fuzz.cc CORPUS corpus/payload DEPS stellwerk::rtc_codec)
stellwerk_fuzz_target(
  NAME red_payload SOURCES red_payload_fuzz.cc CORPUS corpus/red_payload
  DEPS stellwerk::rtc_rtp)
stellwerk_fuzz_target(
  NAME dependency_descriptor
  SOURCES dependency_descriptor_fuzz.cc
  CORPUS corpus/dependency_descriptor
  DEPS stellwerk::rtc_codec)
