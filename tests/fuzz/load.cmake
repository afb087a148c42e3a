if(TARGET stellwerk::bench_load_scenario)
  stellwerk_fuzz_target(
    NAME load_scenario
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/load_scenario_fuzz.cc
    CORPUS corpus/load_scenario
    DEPS stellwerk::bench_load_scenario)
endif()
