stellwerk_fuzz_target(
  NAME router
  SOURCES router_fuzz.cc
  CORPUS corpus/router
  DEPS stellwerk::rtc_router)
