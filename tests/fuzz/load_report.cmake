stellwerk_fuzz_target(
  NAME load_report
  SOURCES load_report_fuzz.cc
  CORPUS corpus/load_report
  DEPS stellwerk::bench_load_report)
stellwerk_fuzz_target(
  NAME expectation
  SOURCES expectation_fuzz.cc
  CORPUS corpus/expectation
  DEPS stellwerk::bench_load_report)
