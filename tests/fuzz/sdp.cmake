stellwerk_fuzz_target(NAME sdp SOURCES sdp_fuzz.cc CORPUS corpus/sdp DEPS stellwerk::controller_sdp)
