#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/transport/sctp/sctp_pair.h"

namespace stellwerk {
namespace {

using Bytes = std::vector<uint8_t>;
using std::chrono::milliseconds;
using std::chrono::seconds;

Bytes Pattern(std::size_t size, uint8_t seed = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 31 + i / 251 + seed);
  return bytes;
}

StreamId Open(SctpPair& pair, SctpPair::Side& side, const DataChannelParameters& parameters = {}) {
  const auto stream = side.association.OpenChannel(pair.now, parameters, side.out);
  pair.Exchange();
  return stream.value();
}

TEST(SctpAssociation, ConnectsFromBothEnds) {
  SctpPair pair;
  EXPECT_FALSE(pair.client.association.is_up());
  pair.Connect();
  EXPECT_TRUE(pair.client.association.is_up());
  EXPECT_TRUE(pair.server.association.is_up());
  EXPECT_EQ(pair.client.Events<SctpUp>().size(), 1U);
  EXPECT_EQ(pair.server.Events<SctpUp>().size(), 1U);
}

TEST(SctpAssociation, ConnectsThoughFirstPacketsAreLost) {
  SctpPair pair;
  pair.loses = [](int number) { return number < 3; };
  pair.Connect();
  EXPECT_FALSE(pair.client.association.is_up());
  pair.Run(seconds(10));
  EXPECT_TRUE(pair.client.association.is_up());
  EXPECT_TRUE(pair.server.association.is_up());
}

TEST(SctpAssociation, OpensChannelsOnTheStreamsOfItsRole) {
  SctpPair pair;
  pair.Connect();
  EXPECT_EQ(Open(pair, pair.client), StreamId(0));
  EXPECT_EQ(Open(pair, pair.client), StreamId(2));
  EXPECT_EQ(Open(pair, pair.server), StreamId(1));
  EXPECT_EQ(Open(pair, pair.server), StreamId(3));
}

TEST(SctpAssociation, TellsThePeerWhatTheChannelIs) {
  SctpPair pair;
  pair.Connect();
  const DataChannelParameters parameters{
      .label = "chat", .protocol = "from:anna", .ordered = false, .max_retransmits = 3};
  const StreamId stream = Open(pair, pair.server, parameters);
  const auto opened = pair.client.Events<SctpChannelOpened>();
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].stream, stream);
  EXPECT_EQ(opened[0].parameters, parameters);
  EXPECT_TRUE(pair.server.Events<SctpChannelOpened>().empty());
}

TEST(SctpAssociation, SendsWhatWasQueuedBeforeItWasUp) {
  SctpPair pair;
  const auto stream =
      pair.client.association.OpenChannel(pair.now, {.label = "early"}, pair.client.out);
  ASSERT_TRUE(stream);
  ASSERT_TRUE(pair.Send(pair.client, *stream, {1, 2}));
  pair.Connect();
  pair.Run(seconds(1));
  ASSERT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, (Bytes{1, 2}));
}

TEST(SctpAssociation, KeepsTextBinaryAndEmptyApart) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  ASSERT_TRUE(pair.Send(pair.client, stream, {'h', 'i'}, false));
  ASSERT_TRUE(pair.Send(pair.client, stream, {}, false));
  ASSERT_TRUE(pair.Send(pair.client, stream, {}, true));
  ASSERT_TRUE(pair.Send(pair.client, stream, {0}, true));
  pair.Run(seconds(1));
  const auto messages = pair.server.Messages();
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].bytes, (Bytes{'h', 'i'}));
  EXPECT_FALSE(messages[0].is_binary);
  EXPECT_TRUE(messages[1].bytes.empty());
  EXPECT_FALSE(messages[1].is_binary);
  EXPECT_TRUE(messages[2].bytes.empty());
  EXPECT_TRUE(messages[2].is_binary);
  EXPECT_EQ(messages[3].bytes, Bytes{0});
}

TEST(SctpAssociation, CarriesTheLargestMessageInPacketsThatFit) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  SctpConfig config;
  const Bytes sent = Pattern(config.remote.max_message_size);
  ASSERT_TRUE(pair.Send(pair.client, stream, sent));
  pair.Run(seconds(5));
  ASSERT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, sent);
  EXPECT_LE(pair.largest_packet, SctpAssociation::kMtu);
}

TEST(SctpAssociation, Carries256KilobytesBothWays) {
  const SctpParameters large{.max_message_size = 0};
  SctpPair pair({.dtls_role = DtlsRole::kClient, .remote = large},
                {.dtls_role = DtlsRole::kServer, .remote = large});
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  const Bytes up = Pattern(SctpAssociation::kMaxMessageSize, 1);
  const Bytes down = Pattern(SctpAssociation::kMaxMessageSize, 2);
  ASSERT_TRUE(pair.Send(pair.client, stream, up));
  ASSERT_TRUE(pair.Send(pair.client, stream, up));
  ASSERT_TRUE(pair.Send(pair.server, stream, down));
  pair.Run(seconds(20));
  ASSERT_EQ(pair.server.Messages().size(), 2U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, up);
  EXPECT_EQ(pair.server.Messages()[1].bytes, up);
  ASSERT_EQ(pair.client.Messages().size(), 1U);
  EXPECT_EQ(pair.client.Messages()[0].bytes, down);
  EXPECT_EQ(pair.Send(pair.client, stream, Bytes(SctpAssociation::kMaxMessageSize + 1)).error(),
            DropReason::kTooLarge);
}

TEST(SctpAssociation, RefusesMessagesThatThePeerDoesNotTake) {
  SctpPair pair({.dtls_role = DtlsRole::kClient, .remote = {.max_message_size = 1000}});
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  EXPECT_TRUE(pair.Send(pair.client, stream, Bytes(1000)));
  EXPECT_EQ(pair.Send(pair.client, stream, Bytes(1001)).error(), DropReason::kTooLarge);
}

TEST(SctpAssociation, KeepsOrderedMessagesInOrderOverALossyPath) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.Run(seconds(1));
  pair.loses = [](int number) { return number % 5 == 2; };
  constexpr std::size_t kCount = 50;
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_TRUE(pair.Send(pair.client, stream, Bytes(900, static_cast<uint8_t>(i))));
  }
  pair.RunInRealTime([&] { return pair.server.Messages().size() == kCount; });
  const auto messages = pair.server.Messages();
  ASSERT_EQ(messages.size(), std::size_t{kCount});
  for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(messages[i].bytes[0], i);
}

TEST(SctpAssociation, DeliversUnorderedMessagesPastALostOne) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client, {.ordered = false});
  pair.Run(seconds(1));
  const int first = pair.packets;
  pair.loses = [first](int number) { return number == first; };
  ASSERT_TRUE(pair.Send(pair.client, stream, {1}));
  pair.Exchange();
  ASSERT_TRUE(pair.Send(pair.client, stream, {2}));
  pair.Exchange();
  ASSERT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, Bytes{2});
  ASSERT_TRUE(pair.RunInRealTime([&] { return pair.server.Messages().size() == 2; }));
  EXPECT_EQ(pair.server.Messages()[1].bytes, Bytes{1});
}

TEST(SctpAssociation, GivesUpOnAMessageThatMayNotBeRepeated) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client, {.ordered = true, .max_retransmits = 0});
  pair.Run(seconds(1));
  const int first = pair.packets;
  pair.loses = [first](int number) { return number == first; };
  ASSERT_TRUE(pair.Send(pair.client, stream, {1}));
  pair.Exchange();
  ASSERT_TRUE(pair.Send(pair.client, stream, {2}));
  pair.RunInRealTime([&] { return !pair.server.Messages().empty(); });
  // The lost one is skipped; the next one does not wait for it for ever.
  ASSERT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, Bytes{2});
}

TEST(SctpAssociation, DropsFromItsQueueWhatHasOutlivedItself) {
  SctpPair pair;
  const auto stream =
      pair.client.association.OpenChannel(pair.now, {.max_lifetime_ms = 100}, pair.client.out);
  ASSERT_TRUE(pair.Send(pair.client, *stream, {1}));
  pair.now += milliseconds(200);
  ASSERT_TRUE(pair.Send(pair.client, *stream, {2}));
  pair.Connect();
  pair.Run(seconds(1));
  ASSERT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_EQ(pair.server.Messages()[0].bytes, Bytes{2});
}

TEST(SctpAssociation, ClosesAChannelOnBothSidesAndReusesItsStream) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client, {.label = "one"});
  ASSERT_TRUE(pair.Send(pair.client, stream, {9}));
  pair.client.association.CloseChannel(pair.now, stream, pair.client.out);
  EXPECT_EQ(pair.Send(pair.client, stream, {1}).error(), DropReason::kUnknownStream);
  pair.Run(seconds(5));
  EXPECT_EQ(pair.server.Messages().size(), 1U);  // what was sent before is not lost
  EXPECT_EQ(pair.server.Events<SctpChannelClosed>().size(), 1U);
  EXPECT_EQ(pair.client.Events<SctpChannelClosed>().size(), 1U);
  EXPECT_EQ(pair.Send(pair.server, stream, {1}).error(), DropReason::kUnknownStream);

  EXPECT_EQ(Open(pair, pair.client, {.label = "two"}), stream);
  pair.Run(seconds(1));
  ASSERT_TRUE(pair.Send(pair.client, stream, {7}));
  pair.Run(seconds(1));
  ASSERT_EQ(pair.server.Events<SctpChannelOpened>().size(), 2U);
  EXPECT_EQ(pair.server.Events<SctpChannelOpened>()[1].parameters.label, "two");
  ASSERT_EQ(pair.server.Messages().size(), 2U);
  EXPECT_EQ(pair.server.Messages()[1].bytes, Bytes{7});
}

TEST(SctpAssociation, ClosesManyChannelsAtOnceFromBothSides) {
  SctpPair pair;
  pair.Connect();
  std::vector<StreamId> streams;
  for (int i = 0; i < 20; ++i) streams.push_back(Open(pair, pair.client));
  for (const StreamId stream : streams) {
    auto& side = stream.value() % 4 == 0 ? pair.client : pair.server;
    side.association.CloseChannel(pair.now, stream, side.out);
  }
  pair.Run(seconds(30));
  EXPECT_EQ(pair.server.Events<SctpChannelClosed>().size(), 20U);
  EXPECT_EQ(pair.client.Events<SctpChannelClosed>().size(), 20U);
  EXPECT_EQ(Open(pair, pair.client), StreamId(0));
}

TEST(SctpAssociation, RefusesWhatItsQueueCannotHold) {
  SctpPair pair({.dtls_role = DtlsRole::kClient, .max_queued_bytes = 5000});
  const auto stream = pair.client.association.OpenChannel(pair.now, {}, pair.client.out);
  ASSERT_TRUE(pair.Send(pair.client, *stream, Bytes(4000)));
  EXPECT_EQ(pair.Send(pair.client, *stream, Bytes(4000)).error(), DropReason::kQueueFull);
  pair.Connect();
  pair.Run(seconds(1));
  EXPECT_TRUE(pair.Send(pair.client, *stream, Bytes(4000)));
}

TEST(SctpAssociation, SaysWhenThereIsRoomForWhatItRefused) {
  SctpPair pair({.dtls_role = DtlsRole::kClient, .max_queued_bytes = 5000});
  const auto stream = pair.client.association.OpenChannel(pair.now, {}, pair.client.out);
  ASSERT_TRUE(pair.Send(pair.client, *stream, Bytes(4000)));
  pair.Run(seconds(1));
  EXPECT_TRUE(pair.client.Events<SctpWritable>().empty()) << "nothing was refused";
  ASSERT_FALSE(pair.Send(pair.client, *stream, Bytes(4000)));
  pair.Connect();
  pair.Run(seconds(1));
  EXPECT_EQ(pair.client.Events<SctpWritable>().size(), 1U);
}

TEST(SctpAssociation, TakesOneMessageOfAnySizeAtATime) {
  SctpPair pair({.dtls_role = DtlsRole::kClient, .max_queued_bytes = 5000});
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.Run(seconds(1));
  EXPECT_TRUE(pair.Send(pair.client, stream, Bytes(60'000)));
}

TEST(SctpAssociation, ClosesAChannelThoughOthersHaveMessagesWaiting) {
  SctpPair pair;
  pair.Connect();
  const StreamId closing = Open(pair, pair.client);
  const StreamId busy = Open(pair, pair.client);
  pair.Run(seconds(1));
  bool stalled = true;
  std::size_t sent = 0;
  const auto fill = [&] {
    while (sent < 4'000 && pair.Send(pair.client, busy, Bytes(10'000))) ++sent;
  };
  pair.loses = [&](int) { return false; };
  ASSERT_TRUE(pair.Send(pair.client, closing, {1}));
  fill();
  pair.client.association.CloseChannel(pair.now, closing, pair.client.out);
  // There is always something of the other channel in the queue.
  for (int i = 0; i < 500 && stalled; ++i) {
    pair.Exchange();
    fill();
    stalled = pair.client.Events<SctpChannelClosed>().empty();
    pair.Run(milliseconds(10));
    fill();
  }
  EXPECT_FALSE(stalled);
  EXPECT_LT(sent, 4'000U) << "the queue has run dry";
}

TEST(SctpAssociation, IsBoundedWhenThePeerFallsSilent) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.Run(seconds(1));
  pair.loses = [](int) { return true; };
  int taken = 0;
  while (taken < 1000 && pair.Send(pair.client, stream, Bytes(60'000))) ++taken;
  EXPECT_LT(taken, 50);  // a few megabytes at most
  EXPECT_EQ(pair.Send(pair.client, stream, Bytes(60'000)).error(), DropReason::kQueueFull);
  EXPECT_LE(pair.client.association.queued_bytes(), std::size_t{1} << 20);
}

TEST(SctpAssociation, GoesDownWhenThePeerStaysSilent) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.Run(seconds(1));
  pair.loses = [](int) { return true; };
  ASSERT_TRUE(pair.Send(pair.client, stream, {1}));
  pair.Run(std::chrono::minutes(10));
  EXPECT_EQ(pair.client.Events<SctpChannelClosed>().size(), 1U);
  EXPECT_EQ(pair.client.Events<SctpDown>().size(), 1U);
  EXPECT_EQ(pair.Send(pair.client, stream, {1}).error(), DropReason::kClosed);
  EXPECT_EQ(pair.client.association.NextTimeout(), kNever);
}

TEST(SctpAssociation, TellsThePeerWhenItAborts) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.client.association.Abort(pair.client.out);
  pair.Exchange();
  ASSERT_EQ(pair.server.Events<SctpChannelClosed>().size(), 1U);
  EXPECT_EQ(pair.server.Events<SctpChannelClosed>()[0].stream, stream);
  EXPECT_EQ(pair.server.Events<SctpDown>().size(), 1U);
}

TEST(SctpAssociation, WaitsForNothingWhenIdle) {
  SctpPair pair;
  EXPECT_EQ(pair.client.association.NextTimeout(), kNever);
  pair.Connect();
  EXPECT_NE(pair.client.association.NextTimeout(), kNever);
  Open(pair, pair.client);
  pair.Run(seconds(5));
  EXPECT_EQ(pair.client.association.NextTimeout(), kNever);
  EXPECT_EQ(pair.server.association.NextTimeout(), kNever);
}

TEST(SctpAssociation, WorksAfterAnHourOfSilence) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  pair.Run(seconds(5));
  pair.now += std::chrono::hours(1);
  ASSERT_TRUE(pair.Send(pair.client, stream, {1}));
  pair.Run(seconds(1));
  EXPECT_EQ(pair.server.Messages().size(), 1U);
  EXPECT_TRUE(pair.client.association.is_up());
}

TEST(SctpAssociation, RunsOutOfStreamsWithAnError) {
  SctpPair pair;
  pair.Connect();
  for (int i = 0; i < SctpAssociation::kStreams / 2; ++i) {
    ASSERT_TRUE(pair.client.association.OpenChannel(pair.now, {}, pair.client.out));
  }
  EXPECT_EQ(pair.client.association.OpenChannel(pair.now, {}, pair.client.out).error(),
            DropReason::kNoBuffer);
  pair.Run(seconds(5));
  EXPECT_EQ(pair.server.Events<SctpChannelOpened>().size(), SctpAssociation::kStreams / 2U);
}

TEST(SctpAssociation, IgnoresPacketsBeforeItIsConnected) {
  SctpPair pair;
  pair.client.association.Connect(pair.now, pair.client.out);
  for (const auto& packet : pair.client.out.packets) {
    pair.server.association.HandlePacket(pair.now, packet, pair.server.out);
  }
  EXPECT_TRUE(pair.server.out.packets.empty());
  EXPECT_EQ(pair.server.out.drops[DropReason::kDtlsNotReady], 1U);
}

TEST(SctpAssociation, SurvivesJunk) {
  SctpPair pair;
  pair.Connect();
  const StreamId stream = Open(pair, pair.client);
  for (std::size_t size = 0; size < 200; ++size) {
    pair.server.association.HandlePacket(pair.now, Pattern(size), pair.server.out);
  }
  ASSERT_TRUE(pair.Send(pair.client, stream, {1}));
  pair.Run(seconds(1));
  EXPECT_EQ(pair.server.Messages().size(), 1U);
}

TEST(SctpAssociation, ManyMayLiveOnOneStack) {
  SctpPair pair;
  SctpAssociation other(pair.stack, {.dtls_role = DtlsRole::kClient});
  SctpOutput from_other;
  other.Connect(pair.now, from_other);
  ASSERT_FALSE(from_other.packets.empty());
  pair.Connect();
  EXPECT_TRUE(pair.client.association.is_up());
  EXPECT_FALSE(other.is_up());
}

}  // namespace
}  // namespace stellwerk
