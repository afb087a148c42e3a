if(TARGET stellwerk::controller_signaling)
  stellwerk_fuzz_target(
    NAME signaling_message
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/signaling_message_fuzz.cc
    CORPUS corpus/signaling_message
    DEPS stellwerk::controller_signaling)
endif()
