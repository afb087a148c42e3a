// What a receiver whose link stalls costs: itself some messages, and others nothing.
#include <algorithm>
#include <map>
#include <string>

#include "rtc/base/byte_reader.h"
#include "tests/transport/session/session_link.h"
#include "worker/data_exchange.h"

namespace stellwerk {
namespace {

constexpr TransportId kPublisher{1};
constexpr TransportId kFast{2};
constexpr TransportId kAlsoFast{3};
constexpr TransportId kStalled{4};
constexpr DataProducerId kSource{40};
constexpr std::size_t kMessageSize = 5'000;
constexpr TimeDelta kStep = 10ms;

// A worker's data channels with four peers in memory. The link of one of them can be stalled: what
// is on it waits, in both directions.
class DataBackpressureTest : public SessionLinkTest {
 protected:
  struct Arrival {
    std::size_t channel = 0;  // how many channels had been opened to the peer by then
    uint32_t number = 0;
    Timestamp at;
  };

  void SetUp() override {
    carries_ = [this](const InFlight& packet) {
      const SocketAddress& client = packet.to_server ? packet.tuple.remote : packet.tuple.local;
      if (!is_stalled_ || client.port != 5000 + kStalled.value()) return true;
      held_.push_back(packet);
      return false;
    };
    for (const TransportId id : {kPublisher, kFast, kAlsoFast, kStalled})
      Establish(id, static_cast<uint16_t>(5000 + id.value()));
    Pass(200ms);
  }
  // A channel of the publisher, and those that take it on to the others.
  void OpenChannel(const DataChannelParameters& channel) {
    stream_ = *client_.endpoint.OpenDataChannel(kPublisher, channel, now_, client_.out);
    Pass(200ms);
    ASSERT_TRUE(
        data_.Create(proto::CreateDataProducer{kPublisher, kSource, stream_, {}}, now_).ok());
    for (const TransportId id : {kFast, kAlsoFast, kStalled}) {
      ASSERT_TRUE(
          data_
              .Create(
                  proto::CreateDataConsumer{id, DataConsumerId(id.value()), kSource, channel, {}},
                  now_, server_.out)
              .ok());
    }
    Pass(3s);  // the early messages are forgotten
  }
  void SendMessages(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      std::vector<uint8_t> bytes(kMessageSize);
      ByteWriter(bytes).WriteU32(sent_++);
      sent_at_.push_back(now_);
      ASSERT_TRUE(client_.endpoint.SendData(kPublisher, stream_, true, bytes, now_, client_.out)
                      .has_value());
      Pass(kStep);
    }
  }
  void Release() {
    is_stalled_ = false;
    std::move(held_.begin(), held_.end(), std::back_inserter(in_flight_));
    held_.clear();
  }
  // What the worker does in a turn of its loop, in steps.
  void Pass(TimeDelta time) {
    for (const Timestamp end = now_ + time; now_ < end;) {
      Run(kStep);
      for (const TransportEvent& event : std::exchange(server_.events, {})) HandleEvent(event);
      for (ReceivedData& message : std::exchange(server_.data, {}))
        data_.HandleData(std::move(message), now_, server_.out);
      for (const auto& closed : std::exchange(closed_, {}))
        data_.HandleClosed(closed.transport, closed.stream, now_, server_.out);
      data_.HandleTimeout(now_);
      for (const ReceivedData& message : std::exchange(client_.data, {})) {
        ByteReader reader(message.bytes);
        const std::size_t channels = client_.EventsOf<DataChannelOpened>(message.transport).size();
        arrivals_[message.transport].push_back({channels, reader.ReadU32(), now_});
      }
    }
  }
  void HandleEvent(const TransportEvent& event) {
    if (const auto* writable = std::get_if<DataChannelsWritable>(&event))
      data_.HandleWritable(writable->transport, now_, server_.out);
    if (const auto* connected = std::get_if<SctpConnected>(&event))
      data_.HandleSctpConnected(connected->transport, now_, server_.out);
    if (const auto* opened = std::get_if<DataChannelOpened>(&event))
      data_.HandleOpened({opened->transport, opened->stream, opened->channel});
    if (const auto* closed = std::get_if<DataChannelClosed>(&event)) closed_.push_back(*closed);
  }

  // How long messages first..last took to that peer at most.
  TimeDelta LongestDelay(TransportId id, uint32_t first, uint32_t last) {
    TimeDelta longest{};
    for (const Arrival& arrival : arrivals_[id]) {
      if (arrival.number >= first && arrival.number <= last)
        longest = std::max(longest, arrival.at - sent_at_.at(arrival.number));
    }
    return longest;
  }
  // The numbers that arrived on each of a peer's channels, channels in the order of opening.
  std::vector<std::vector<uint32_t>> NumbersByChannel(TransportId id) {
    std::vector<std::vector<uint32_t>> channels;
    const Arrival* previous = nullptr;
    for (const Arrival& arrival : arrivals_[id]) {
      if (previous == nullptr || previous->channel != arrival.channel) channels.emplace_back();
      channels.back().push_back(arrival.number);
      previous = &arrival;
    }
    return channels;
  }
  static void ExpectNoGap(const std::vector<uint32_t>& numbers) {
    for (std::size_t i = 1; i < numbers.size(); ++i)
      ASSERT_EQ(numbers[i], numbers[i - 1] + 1) << "after " << i << " messages";
  }

  DataExchange data_{server_.endpoint};
  StreamId stream_;
  bool is_stalled_ = false;
  std::vector<InFlight> held_;
  std::vector<DataChannelClosed> closed_;
  std::map<TransportId, std::vector<Arrival>> arrivals_;
  std::vector<Timestamp> sent_at_;
  uint32_t sent_ = 0;
};

TEST_F(DataBackpressureTest, OneStalledReceiverDelaysNobody) {
  OpenChannel({.label = "chat"});
  SendMessages(400);
  is_stalled_ = true;
  SendMessages(800);
  Pass(200ms);
  for (const TransportId id : {kFast, kAlsoFast}) {
    EXPECT_EQ(arrivals_[id].size(), 1200U);
    // The windows have grown by the hundredth message.
    EXPECT_LE(LongestDelay(id, 400, 1199), LongestDelay(id, 100, 399) + kStep);
    EXPECT_LE(LongestDelay(id, 400, 1199), 150ms);
  }
  EXPECT_LE(arrivals_[kStalled].size(), 400U);
}

TEST_F(DataBackpressureTest, ShortStallLosesNothingOfAReliableChannel) {
  OpenChannel({.label = "chat"});
  SendMessages(50);
  is_stalled_ = true;
  SendMessages(300);
  EXPECT_GT(data_.StatsOf(kStalled).queued_bytes, 0U);
  Release();
  Pass(10s);
  const auto channels = NumbersByChannel(kStalled);
  ASSERT_EQ(channels.size(), 1U);
  EXPECT_EQ(channels[0].size(), 350U);
  ExpectNoGap(channels[0]);
  EXPECT_EQ(data_.StatsOf(kStalled).dropped, 0U);
  EXPECT_EQ(data_.StatsOf(kStalled).queued_bytes, 0U);
}

TEST_F(DataBackpressureTest, LongStallClosesTheReliableChannelAndOpensItAgain) {
  const DataChannelParameters chat{.label = "chat", .protocol = "from:ann"};
  OpenChannel(chat);
  SendMessages(50);
  is_stalled_ = true;
  SendMessages(800);
  EXPECT_LE(data_.StatsOf(kStalled).queued_bytes, DataReceiver::kMaxQueued);
  EXPECT_EQ(data_.StatsOf(kStalled).interruptions, 1U);
  Release();
  Pass(10s);
  SendMessages(10);
  Pass(1s);

  const auto channels = NumbersByChannel(kStalled);
  ASSERT_EQ(channels.size(), 2U);
  ExpectNoGap(channels[0]);
  ExpectNoGap(channels[1]);
  EXPECT_EQ(channels[0].front(), 0U);
  EXPECT_EQ(channels[1].back(), 859U);
  const uint64_t missing = channels[1].front() - channels[0].back() - 1;
  EXPECT_GT(missing, 0U);
  const proto::DataStats stats = data_.StatsOf(kStalled);
  EXPECT_EQ(stats.dropped, missing);
  EXPECT_EQ(stats.messages + stats.dropped, 860U);
  EXPECT_EQ(stats.interruptions, 1U);
  EXPECT_EQ(client_.EventsOf<DataChannelClosed>(kStalled).size(), 1U);
  const auto opened = client_.EventsOf<DataChannelOpened>(kStalled);
  ASSERT_EQ(opened.size(), 2U);
  EXPECT_EQ(opened[1].channel, chat);
  // The others have heard of nothing.
  EXPECT_EQ(NumbersByChannel(kFast).size(), 1U);
  EXPECT_EQ(arrivals_[kFast].size(), 860U);
  EXPECT_TRUE(client_.EventsOf<DataChannelClosed>(kFast).empty());
}

TEST_F(DataBackpressureTest, UnreliableChannelDropsItsOldestMessages) {
  OpenChannel({.label = "positions", .ordered = false, .max_retransmits = 3});
  SendMessages(50);
  is_stalled_ = true;
  SendMessages(400);
  EXPECT_LE(data_.StatsOf(kStalled).queued_bytes, DataReceiver::kMaxQueuedUnreliable);
  const uint64_t dropped = data_.StatsOf(kStalled).dropped;
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(data_.totals().dropped, dropped);
  Release();
  Pass(10s);
  EXPECT_TRUE(client_.EventsOf<DataChannelClosed>(kStalled).empty());
  EXPECT_EQ(data_.StatsOf(kStalled).interruptions, 0U);
  const auto newest =
      std::max_element(arrivals_[kStalled].begin(), arrivals_[kStalled].end(),
                       [](const Arrival& a, const Arrival& b) { return a.number < b.number; });
  ASSERT_NE(newest, arrivals_[kStalled].end());
  EXPECT_EQ(newest->number, 449U);
}

TEST_F(DataBackpressureTest, MessagesThatHaveOutlivedThemselvesAreNotSent) {
  const DataChannelParameters positions{.label = "positions", .max_lifetime_ms = 3000};
  OpenChannel(positions);
  // Queues until its association is up.
  constexpr TransportId kLate{5};
  ASSERT_TRUE(
      data_
          .Create(proto::CreateDataConsumer{kLate, DataConsumerId(5), kSource, positions, {}}, now_,
                  server_.out)
          .ok());
  SendMessages(10);
  Pass(3s);
  SendMessages(3);
  Establish(kLate, 5005);
  Pass(500ms);
  EXPECT_EQ(data_.StatsOf(kLate).dropped, 10U);
  ASSERT_EQ(arrivals_[kLate].size(), 3U);
  EXPECT_EQ(arrivals_[kLate][0].number, 10U);
}

TEST_F(DataBackpressureTest, ReceiverThatClosesAChannelIsRidOfIt) {
  OpenChannel({.label = "chat"});
  const StreamId stream = client_.EventsOf<DataChannelOpened>(kStalled).at(0).stream;
  client_.endpoint.CloseDataChannel(kStalled, stream, now_, client_.out);
  Pass(1s);
  EXPECT_EQ(data_.consumers().size(), 2U);
  SendMessages(3);
  Pass(1s);
  EXPECT_TRUE(arrivals_[kStalled].empty());
  EXPECT_EQ(client_.EventsOf<DataChannelOpened>(kStalled).size(), 1U);
}

}  // namespace
}  // namespace stellwerk
