// The tree as the README draws it: a stranger finds each thing's test, and its README, where they
// expect it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = STELLWERK_SOURCE_DIR;
const std::vector<std::string> kLayers = {"rtc",    "transport",  "proto", "channel",
                                          "worker", "controller", "bench"};

bool IsSource(const fs::path& path) {
  return path.extension() == ".cc" || path.extension() == ".h";
}

// Folders below the layers that hold C++ sources themselves.
std::set<std::string> SourceFolders() {
  std::set<std::string> folders;
  for (const auto& layer : kLayers) {
    for (auto it = fs::recursive_directory_iterator(kRoot / layer); it != fs::end(it); ++it) {
      if (it->path().filename() == "node_modules") it.disable_recursion_pending();
      if (IsSource(it->path())) folders.insert(fs::relative(it->path().parent_path(), kRoot));
    }
  }
  return folders;
}

bool HasTest(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  return std::any_of(
      fs::directory_iterator(folder), fs::directory_iterator(),
      [](const auto& entry) { return entry.path().filename().string().ends_with("_test.cc"); });
}

// Sub-folders of a library are tested with it.
bool IsPartOfALibrary(const std::string& folder) {
  return !fs::exists(kRoot / folder / "CMakeLists.txt");
}

TEST(Tree, EveryFolderWithSourcesHasATestFolderThatMirrorsIt) {
  const auto folders = SourceFolders();
  ASSERT_GT(folders.size(), 10U);
  for (const auto& folder : folders) {
    // controller/ itself is main.cc; a benchmark is its own check.
    const bool is_benchmark =
        folder == "bench/micro" || folder == "bench/floor" || folder == "bench/memory";
    if (folder == "controller" || is_benchmark || IsPartOfALibrary(folder)) continue;
    EXPECT_TRUE(HasTest(kRoot / "tests" / folder)) << "no test in tests/" << folder;
  }
}

TEST(Tree, EveryFolderHasAReadme) {
  std::set<std::string> folders = SourceFolders();
  folders.insert(kLayers.begin(), kLayers.end());
  for (const auto& folder : folders) {
    if (IsPartOfALibrary(folder) && folder.find('/') != std::string::npos) continue;
    EXPECT_TRUE(fs::exists(kRoot / folder / "README.md")) << folder << "/README.md is missing";
  }
}

TEST(Tree, NamesSayWhatAThingIs) {
  for (const auto& folder : SourceFolders()) {
    for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
      if (!IsSource(entry.path())) continue;
      const std::string name = entry.path().stem();
      for (const char* vague : {"util", "common", "helper", "manager", "impl", "misc"}) {
        EXPECT_EQ(name.find(vague), std::string::npos)
            << folder << "/" << name << " has a vague name";
      }
    }
  }
}

TEST(Tree, FilesStaySmall) {
  constexpr int kMaxHeaderLines = 300;
  constexpr int kMaxSourceLines = 600;
  for (const auto& folder : SourceFolders()) {
    for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
      if (!IsSource(entry.path())) continue;
      std::ifstream in(entry.path());
      const auto lines =
          std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n');
      EXPECT_LE(lines, entry.path().extension() == ".h" ? kMaxHeaderLines : kMaxSourceLines)
          << entry.path();
    }
  }
}

TEST(Tree, TheRootHoldsTheFoldersOfTheDesignAndNothingElse) {
  const std::set<std::string> expected = {
      "CHANGELOG.md",
      "CMakeLists.txt",
      "CMakePresets.json",
      "LICENSE",
      "README.md",
      "bench",
      "channel",
      "cmake",
      "controller",
      "dev",
      "proto",
      "rtc",
      "tests",
      "transport",
      "worker",
      "stellwerk.example.yaml",
  };
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(".") || name == "build" || name == "compile_commands.json") continue;
    EXPECT_TRUE(expected.contains(name)) << name << " does not belong into the root";
  }
  for (const auto& name : expected) EXPECT_TRUE(fs::exists(kRoot / name)) << name << " is missing";
}

}  // namespace
