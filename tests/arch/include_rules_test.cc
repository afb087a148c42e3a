// Who may include whom (the table in the root README).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = STELLWERK_SOURCE_DIR;

// The longest matching prefix of a file's folder decides; it may include from the prefixes named.
const std::map<std::string, std::vector<std::string>> kMayInclude = {
    {"rtc/base/", {"rtc/base/"}},
    {"rtc/", {"rtc/"}},
    {"transport/", {"rtc/base/", "transport/"}},
    {"proto/", {"rtc/base/", "proto/"}},
    {"channel/", {"rtc/base/", "proto/", "channel/"}},
    {"worker/", {"rtc/", "transport/", "proto/", "channel/", "worker/"}},
    {"controller/sdp/", {"rtc/base/", "controller/sdp/"}},
    {"controller/", {"rtc/base/", "proto/", "channel/", "controller/"}},
    {"bench/", {"rtc/", "transport/", "controller/sdp/", "bench/"}},
    // Whole calls in virtual time run through the worker's one composition.
    {"bench/micro/", {"rtc/", "transport/", "controller/sdp/", "bench/", "worker/packet_path"}},
    {"bench/sim/", {"rtc/", "transport/", "controller/sdp/", "bench/", "worker/packet_path"}},
};

// transport is sans-IO but for its two socket folders, which nothing else in it may know.
const std::vector<std::string> kSocketFolders = {"transport/udp/", "transport/tcp/"};

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

const std::vector<std::string>* RuleFor(const std::string& file) {
  const std::vector<std::string>* rule = nullptr;
  std::size_t longest = 0;
  for (const auto& [prefix, allowed] : kMayInclude) {
    if (StartsWith(file, prefix) && prefix.size() > longest) {
      longest = prefix.size();
      rule = &allowed;
    }
  }
  return rule;
}

// The paths in quotes of a file's include lines.
std::vector<std::string> IncludesOf(const fs::path& path) {
  static const std::string kInclude = "#include \"";
  std::vector<std::string> includes;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!StartsWith(line, kInclude)) continue;
    const std::size_t end = line.find('"', kInclude.size());
    includes.push_back(line.substr(kInclude.size(), end - kInclude.size()));
  }
  return includes;
}

std::vector<std::string> SourceFiles() {
  std::vector<std::string> files;
  for (const char* folder :
       {"rtc", "transport", "proto", "channel", "worker", "controller", "bench"}) {
    for (auto it = fs::recursive_directory_iterator(kRoot / folder); it != fs::end(it); ++it) {
      if (it->path().filename() == "node_modules") it.disable_recursion_pending();
      const auto extension = it->path().extension();
      if (extension == ".h" || extension == ".cc") files.push_back(fs::relative(it->path(), kRoot));
    }
  }
  return files;
}

TEST(IncludeRules, EveryLayerIncludesOnlyWhatLiesBelowIt) {
  const auto files = SourceFiles();
  ASSERT_GT(files.size(), 20U);
  for (const auto& file : files) {
    const auto* rule = RuleFor(file);
    ASSERT_NE(rule, nullptr) << file << " lies in no layer";
    for (const auto& include : IncludesOf(kRoot / file)) {
      EXPECT_NE(include.find('/'), std::string::npos)
          << file << " includes \"" << include << "\" not from the root";
      bool allowed = StartsWith(include, "absl/");
      for (const auto& prefix : *rule) allowed = allowed || StartsWith(include, prefix);
      EXPECT_TRUE(allowed) << file << " may not include " << include;
    }
  }
}

TEST(IncludeRules, OnlyTheSocketFoldersKnowSockets) {
  for (const auto& file : SourceFiles()) {
    if (!StartsWith(file, "transport/") && !StartsWith(file, "rtc/")) continue;
    for (const auto& socket_folder : kSocketFolders) {
      bool inside_sockets = false;
      for (const auto& other : kSocketFolders)
        inside_sockets = inside_sockets || StartsWith(file, other);
      if (inside_sockets) continue;
      for (const auto& include : IncludesOf(kRoot / file)) {
        EXPECT_FALSE(StartsWith(include, socket_folder)) << file << " may not include " << include;
      }
    }
  }
}

}  // namespace
