stellwerk_fuzz_target(
  NAME proto_message SOURCES proto_message_fuzz.cc CORPUS corpus/proto_message DEPS stellwerk::proto)
stellwerk_fuzz_target(
  NAME channel_frames SOURCES channel_frames_fuzz.cc CORPUS corpus/channel_frames DEPS stellwerk::channel)
