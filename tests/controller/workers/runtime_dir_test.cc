#include "controller/workers/runtime_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace stellwerk {
namespace {

using ::testing::HasSubstr;

class RuntimeDirTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/stellwerk-test-XXXXXX";
    base_ = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(base_); }
  std::string base_;
};

TEST_F(RuntimeDirTest, IsPrivateAndLocked) {
  const auto dir = RuntimeDir::Open(base_, 20'000);
  ASSERT_TRUE(dir.ok()) << dir.status();
  struct stat info {};
  ASSERT_EQ(stat((base_ + "/rtc-20000").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  const auto rival = RuntimeDir::Open(base_, 20'000);
  ASSERT_FALSE(rival.ok());
  EXPECT_THAT(std::string(rival.status().message()), HasSubstr("rtc.port 20000"));
  EXPECT_TRUE(RuntimeDir::Open(base_, 20'001).ok());
}

TEST_F(RuntimeDirTest, IsFreeAgainAfterItsOwner) {
  { const auto first = RuntimeDir::Open(base_, 20'000); }
  EXPECT_TRUE(RuntimeDir::Open(base_, 20'000).ok());
}

TEST_F(RuntimeDirTest, AnyPortHasAFolderOfItsOwnThatGoesWithIt) {
  std::string path;
  {
    const auto first = RuntimeDir::Open(base_, 0);
    const auto second = RuntimeDir::Open(base_, 0);
    ASSERT_TRUE(first.ok() && second.ok());
    path = first->SocketPath(0);
    EXPECT_NE(path, second->SocketPath(0));
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_F(RuntimeDirTest, FolderThatOthersCanEnterIsRefused) {
  std::filesystem::permissions(base_, std::filesystem::perms::all);
  EXPECT_FALSE(RuntimeDir::Open(base_, 20'000).ok());
}

TEST_F(RuntimeDirTest, PathThatIsTooLongForSocketsIsRefused) {
  const std::string deep = base_ + "/" + std::string(100, 'x');
  std::filesystem::create_directory(deep);
  std::filesystem::permissions(deep, std::filesystem::perms::owner_all);
  const auto dir = RuntimeDir::Open(deep, 20'000);
  ASSERT_FALSE(dir.ok());
  EXPECT_THAT(std::string(dir.status().message()), HasSubstr("too long"));
}

}  // namespace
}  // namespace stellwerk
