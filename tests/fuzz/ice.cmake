stellwerk_fuzz_target(
  NAME stun_message
  SOURCES stun_message_fuzz.cc
  CORPUS corpus/stun_message
  DEPS stellwerk::transport_ice)
stellwerk_fuzz_target(
  NAME rfc4571_frames
  SOURCES rfc4571_frames_fuzz.cc
  CORPUS corpus/rfc4571_frames
  DEPS stellwerk::transport_tcp)
stellwerk_fuzz_target(
  NAME endpoint_datagrams
  SOURCES endpoint_datagrams_fuzz.cc
  CORPUS corpus/endpoint_datagrams
  DEPS stellwerk::transport_session)
