if(TARGET stellwerk::bench_load_target)
  stellwerk_fuzz_target(
    NAME livekit_messages
    SOURCES livekit_messages_fuzz.cc
    CORPUS corpus/livekit_messages
    DEPS stellwerk::bench_load_target)
endif()
