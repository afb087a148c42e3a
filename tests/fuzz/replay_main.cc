// Runs a fuzz target without libFuzzer: every file of the corpus as it is, then seeded mutations of
// each, so that any compiler's sanitizers see the parsers under hostile bytes in every test run.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "rtc/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kMutationsPerFile = 300;

std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void Mutate(stellwerk::Random& random, std::vector<uint8_t>& bytes) {
  const uint32_t edits = 1 + random.NextU32() % 8;
  for (uint32_t i = 0; i < edits && !bytes.empty(); ++i) {
    const std::size_t at = random.NextU32() % bytes.size();
    switch (random.NextU32() % 5) {
      case 0:
        bytes[at] = static_cast<uint8_t>(random.NextU32());
        break;
      case 1:
        bytes[at] ^= static_cast<uint8_t>(1U << (random.NextU32() % 8));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     static_cast<uint8_t>(random.NextU32()));
        break;
      case 4:
        bytes[at] = random.NextU32() % 2 == 0 ? 0x00 : 0xFF;
        break;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
    return 2;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto seed = ReadFile(entry.path());
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    stellwerk::SeededRandom random(static_cast<uint64_t>(files));
    for (int i = 0; i < kMutationsPerFile; ++i) {
      auto bytes = seed;
      Mutate(random, bytes);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  if (files == 0) {
    std::fprintf(stderr, "no corpus in %s\n", argv[1]);
    return 1;
  }
  std::printf("%d files, %d mutations each\n", files, kMutationsPerFile);
  return 0;
}
