#include "channel/unix_socket.h"

#include <sys/stat.h>

#include <fstream>

#include "tests/channel/loop_fixture.h"

namespace stellwerk::channel {
namespace {

class UnixSocketTest : public LoopTest {};

TEST_F(UnixSocketTest, OnlyTheOwnerMayConnect) {
  const auto fd = ListenUnixSocket(Path("s"));
  ASSERT_TRUE(fd.ok()) << fd.status();
  struct stat info {};
  ASSERT_EQ(::stat(Path("s").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ::close(*fd);
}

TEST_F(UnixSocketTest, ASocketThatNobodyListensOnIsReplaced) {
  const auto old = ListenUnixSocket(Path("s"));
  ASSERT_TRUE(old.ok());
  ::close(*old);  // as after a crash: the file stays
  const auto fresh = ListenUnixSocket(Path("s"));
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  const auto client = ConnectUnixSocket(Path("s"));
  EXPECT_TRUE(client.ok()) << client.status();
  ::close(*client);
  ::close(*fresh);
}

TEST_F(UnixSocketTest, ASocketInUseIsNotTaken) {
  const auto first = ListenUnixSocket(Path("s"));
  ASSERT_TRUE(first.ok());
  const auto second = ListenUnixSocket(Path("s"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().message(),
            "control socket " + Path("s") + ": another process listens there");
  ::close(*first);
}

TEST_F(UnixSocketTest, AFileIsNotReplaced) {
  std::ofstream(Path("file")) << "precious";
  EXPECT_FALSE(ListenUnixSocket(Path("file")).ok());
  EXPECT_TRUE(std::filesystem::is_regular_file(Path("file")));
}

TEST_F(UnixSocketTest, APathThatIsTooLongIsRefusedWithItsBound) {
  const auto fd = ListenUnixSocket(std::string(200, 'x'));
  ASSERT_FALSE(fd.ok());
  EXPECT_NE(fd.status().message().find("200 bytes (1..107)"), std::string::npos) << fd.status();
}

}  // namespace
}  // namespace stellwerk::channel
