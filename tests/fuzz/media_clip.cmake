stellwerk_fuzz_target(
  NAME media_clip
  SOURCES media_clip_fuzz.cc
  CORPUS corpus/media_clip
  DEPS stellwerk::bench_synthetic)
