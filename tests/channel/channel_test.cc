#include "channel/channel.h"

#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/channel/loop_fixture.h"
#include "tests/proto/samples.h"

namespace stellwerk::channel {
namespace {

// One end of a channel that remembers what it was told.
struct End {
  std::vector<proto::Message> messages;
  std::optional<std::string> closed;
  std::unique_ptr<Channel> channel;

  // How long it takes over each message.
  uint64_t work_ns = 0;

  End(uv_loop_t* loop, int fd, Channel::Writes writes = Channel::Writes::kByItself) {
    auto adopted = Channel::Adopt(
        loop, fd,
        {.on_message =
             [this](proto::Message message) {
               const uint64_t until = uv_hrtime() + work_ns;
               messages.push_back(std::move(message));
               while (uv_hrtime() < until) continue;
             },
         .on_closed = [this](std::string_view reason) { closed = std::string(reason); }},
        writes);
    EXPECT_TRUE(adopted.ok()) << adopted.status();
    channel = *std::move(adopted);
  }
};

class ChannelTest : public LoopTest {
 protected:
  static void Write(int fd, std::span<const uint8_t> bytes) {
    ASSERT_EQ(::send(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  // Bytes that wait there.
  static std::size_t Readable(int fd) {
    int bytes = 0;
    EXPECT_EQ(::ioctl(fd, FIONREAD, &bytes), 0);
    return static_cast<std::size_t>(bytes);
  }
};

TEST_F(ChannelTest, CarriesEveryMessageInOrder) {
  const auto fds = SocketPair();
  End a(&loop_, fds[0]);
  End b(&loop_, fds[1]);
  const auto samples = proto::SampleMessages();
  for (const auto& message : samples) a.channel->Send(message);
  ASSERT_TRUE(RunUntil([&] { return b.messages.size() == samples.size(); }));
  EXPECT_EQ(b.messages, samples);
}

TEST_F(ChannelTest, WhatIsSentInOneTurnIsWrittenTogetherBeforeTheLoopSleeps) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  for (uint64_t i = 0; i < 200; ++i) end.channel->Send(proto::Request{i, proto::Ping{}});
  EXPECT_EQ(Readable(fds[1]), 0U);
  const std::size_t queued = end.channel->queued_bytes();
  uv_run(&loop_, UV_RUN_NOWAIT);
  EXPECT_EQ(Readable(fds[1]), queued);
  EXPECT_EQ(end.channel->queued_bytes(), 0U);
  ::close(fds[1]);
}

TEST_F(ChannelTest, WritesWhenAskedIfThatIsWanted) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0], Channel::Writes::kWhenAsked);
  end.channel->Send(proto::Request{1, proto::Ping{}});
  for (int i = 0; i < 3; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
  EXPECT_EQ(Readable(fds[1]), 0U);
  end.channel->Flush();
  EXPECT_GT(Readable(fds[1]), 0U);
  ::close(fds[1]);
}

TEST_F(ChannelTest, AFullSocketIsWrittenToAgainWithoutBeingAsked) {
  const auto fds = SocketPair();
  End a(&loop_, fds[0], Channel::Writes::kWhenAsked);
  End b(&loop_, fds[1]);
  const proto::Message large =
      proto::Request{1, proto::CreateRouter{RouterId(1), proto::AppData(250'000, 7)}};
  for (int i = 0; i < 20; ++i) a.channel->Send(large);
  a.channel->Flush();
  EXPECT_GT(a.channel->queued_bytes(), 0U);
  ASSERT_TRUE(RunUntil([&] { return b.messages.size() == 20; }));
}

TEST_F(ChannelTest, AFloodIsSpreadOverTurns) {
  constexpr std::size_t kMessages = 40;
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  end.work_ns = static_cast<uint64_t>(std::chrono::nanoseconds(Channel::kTurn).count()) / 4;
  for (std::size_t i = 0; i < kMessages; ++i)
    Write(fds[1], proto::Encode(proto::Request{i, proto::Ping{}}));
  std::size_t turns = 0;
  std::size_t most = 0;
  while (end.messages.size() < kMessages && turns < 10 * kMessages) {
    const std::size_t before = end.messages.size();
    uv_run(&loop_, UV_RUN_NOWAIT);
    most = std::max(most, end.messages.size() - before);
    ++turns;
  }
  EXPECT_EQ(end.messages.size(), kMessages);
  // Two batches in a run that doesn't wait: what was left over, and what poll finds.
  EXPECT_LE(most, 8U);
  EXPECT_GE(turns, kMessages / 8);
  for (std::size_t i = 0; i < kMessages; ++i) {
    EXPECT_EQ(std::get<proto::Request>(end.messages[i]).id, i);
  }
  ::close(fds[1]);
}

TEST_F(ChannelTest, AFloodIsHeardToItsEndThoughThePeerIsGone) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  end.work_ns = static_cast<uint64_t>(std::chrono::nanoseconds(Channel::kTurn).count());
  for (uint64_t i = 0; i < 10; ++i) Write(fds[1], proto::Encode(proto::Request{i, proto::Ping{}}));
  ::close(fds[1]);
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  EXPECT_EQ(end.messages.size(), 10U);
  EXPECT_EQ(*end.closed, "the other side closed the connection");
}

TEST_F(ChannelTest, AMessageLargerThanTheSocketsBufferArrives) {
  const auto fds = SocketPair();
  End a(&loop_, fds[0]);
  End b(&loop_, fds[1]);
  const proto::Message large =
      proto::Request{1, proto::CreateRouter{RouterId(1), proto::AppData(250'000, 7)}};
  for (int i = 0; i < 20; ++i) a.channel->Send(large);
  EXPECT_GT(a.channel->queued_bytes(), 0U);
  ASSERT_TRUE(RunUntil([&] { return b.messages.size() == 20; }));
  EXPECT_EQ(b.messages.back(), large);
  EXPECT_EQ(a.channel->queued_bytes(), 0U);
}

TEST_F(ChannelTest, JunkEndsItWithAReason) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  Write(fds[1], proto::Encode(proto::Request{1, proto::Ping{}}));
  const std::vector<uint8_t> junk{16, 0, 0, 0,  1,  2,  3,  4,  5,  6,
                                  7,  8, 9, 10, 11, 12, 13, 14, 15, 16};
  Write(fds[1], junk);
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  EXPECT_EQ(*end.closed, "message of 20 bytes is not a valid flatbuffer");
  EXPECT_EQ(end.messages.size(), 1U) << "what came before is good";
  EXPECT_FALSE(end.channel->is_open());
  ::close(fds[1]);
}

TEST_F(ChannelTest, AnAnnouncedGiantEndsItAtOnce) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  Write(fds[1], std::vector<uint8_t>{0xFF, 0xFF, 0xFF, 0x7F});
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  EXPECT_EQ(*end.closed, "a message of 2147483651 bytes is announced, more than 4194304");
  ::close(fds[1]);
}

TEST_F(ChannelTest, AnEndInsideAMessageIsSaid) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  const auto bytes = proto::Encode(proto::Request{1, proto::SampleProducer()});
  Write(fds[1], std::span(bytes).first(bytes.size() - 1));
  ::close(fds[1]);
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  EXPECT_EQ(*end.closed, "the other side closed the connection inside a message");
}

TEST_F(ChannelTest, LastWordsAreHeardEvenIfThePeerDidNotListen) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  // Unread bytes at the closing side make the kernel report an error instead of an end.
  end.channel->Send(proto::ControllerHello{});
  Write(fds[1], proto::Encode(proto::Refusal{proto::RefusalReason::kBusy, "busy", 1}));
  ::close(fds[1]);
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  ASSERT_EQ(end.messages.size(), 1U);
  EXPECT_EQ(std::get<proto::Refusal>(end.messages[0]).text, "busy");
}

TEST_F(ChannelTest, APeerThatDoesNotReadIsGivenUp) {
  const auto fds = SocketPair();
  End end(&loop_, fds[0]);
  const proto::Message large =
      proto::Request{1, proto::CreateRouter{RouterId(1), proto::AppData(proto::kMaxAppDataSize)}};
  for (std::size_t sent = 0; sent < Channel::kMaxQueuedBytes + (8 << 20);
       sent += proto::kMaxAppDataSize) {
    end.channel->Send(large);
    ASSERT_LE(end.channel->queued_bytes(), Channel::kMaxQueuedBytes);
  }
  EXPECT_FALSE(end.closed.has_value()) << "never from within Send";
  ASSERT_TRUE(RunUntil([&] { return end.closed.has_value(); }));
  EXPECT_EQ(*end.closed, "the other side does not read");
  ::close(fds[1]);
}

TEST_F(ChannelTest, MayBeDestroyedByItsOwnMessage) {
  const auto fds = SocketPair();
  std::unique_ptr<Channel> channel;
  int messages = 0;
  auto adopted = Channel::Adopt(&loop_, fds[0],
                                {.on_message =
                                     [&](proto::Message) {
                                       ++messages;
                                       channel.reset();
                                     },
                                 .on_closed = [](std::string_view) { FAIL(); }});
  channel = *std::move(adopted);
  Write(fds[1], proto::Encode(proto::Request{1, proto::Ping{}}));
  Write(fds[1], proto::Encode(proto::Request{2, proto::Ping{}}));
  ASSERT_TRUE(RunUntil([&] { return channel == nullptr; }));
  EXPECT_EQ(messages, 1);
  ::close(fds[1]);
}

}  // namespace
}  // namespace stellwerk::channel
