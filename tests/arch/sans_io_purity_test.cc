// The sans-IO libraries get the time, randomness and datagrams as arguments. What they must not
// call is read off their undefined symbols.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

const std::vector<std::string> kForbidden = {
    "steady_clock::now",
    "system_clock::now",
    "high_resolution_clock::now",
    "random_device",
    "clock_gettime",
    "gettimeofday",
    "nanosleep",
    "getrandom",
    " sendto",
    " sendmsg",
    " sendmmsg",
    " recvfrom",
    " recvmsg",
    " recvmmsg",
    " socket",
    " connect",
    " rand",
    " time",
    " uv_",
};

std::vector<std::string> Libraries() {
  std::istringstream in(SANS_IO_LIBRARIES);
  std::vector<std::string> libraries;
  for (std::string path; std::getline(in, path, ':');) libraries.push_back(path);
  return libraries;
}

std::vector<std::string> UndefinedSymbols(const std::string& library) {
  const std::string command = "nm -uC '" + library + "' 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::vector<std::string> lines;
  std::array<char, 4096> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    std::string text(line.data());
    while (!text.empty() && text.back() == '\n') text.pop_back();
    lines.push_back(text);
  }
  return lines;
}

// A name with a leading space names the whole symbol; " uv_" is a prefix.
bool Calls(const std::string& line, const std::string& forbidden) {
  const std::size_t at = line.find(forbidden);
  if (at == std::string::npos) return false;
  if (forbidden.front() != ' ' || forbidden.back() == '_') return true;
  const std::size_t end = at + forbidden.size();
  return end == line.size() || line[end] == '@';
}

TEST(SansIo, LibrariesReadNoClockNoRandomnessNoSocket) {
  const auto libraries = Libraries();
  ASSERT_FALSE(libraries.empty());
  std::size_t symbols = 0;
  for (const auto& library : libraries) {
    for (const auto& line : UndefinedSymbols(library)) {
      ++symbols;
      for (const auto& forbidden : kForbidden) {
        EXPECT_FALSE(Calls(line, forbidden)) << library << " calls" << line;
      }
    }
  }
  EXPECT_GT(symbols, 100U) << "nm found nothing: the test would pass on anything";
}

TEST(SansIo, TheCheckSeesACall) {
  EXPECT_TRUE(Calls("                 U clock_gettime@GLIBC_2.17", "clock_gettime"));
  EXPECT_TRUE(Calls("                 U sendto@GLIBC_2.2.5", " sendto"));
  EXPECT_TRUE(Calls("                 U uv_now", " uv_"));
  EXPECT_FALSE(Calls("                 U stellwerk::Timeline::time()", " time"));
}

}  // namespace
