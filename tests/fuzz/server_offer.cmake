stellwerk_fuzz_target(
  NAME server_offer
  SOURCES server_offer_fuzz.cc
  CORPUS corpus/server_offer
  DEPS stellwerk::bench_synthetic)
