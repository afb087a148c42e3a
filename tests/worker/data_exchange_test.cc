#include "worker/data_exchange.h"

#include <gtest/gtest.h>

#include <chrono>

#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"

namespace stellwerk {
namespace {

constexpr TransportId kPublisher{1};
constexpr TransportId kOther{2};

// Channels that nobody has claimed yet.
class DataExchangeTest : public testing::Test {
 protected:
  void Open(TransportId transport, uint16_t stream) {
    data_.HandleOpened({transport, StreamId(stream), {}});
  }
  void Say(TransportId transport, uint16_t stream, std::size_t bytes) {
    data_.HandleData({.transport = transport,
                      .stream = StreamId(stream),
                      .is_binary = true,
                      .bytes = std::vector<uint8_t>(bytes)},
                     now_, out_);
  }
  absl::Status Claim(uint16_t stream) {
    return data_.Create(
        proto::CreateDataProducer{kPublisher, DataProducerId(stream), StreamId(stream), {}}, now_);
  }
  [[nodiscard]] uint64_t dropped() const { return out_.drops[DropReason::kQueueFull]; }

  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  PacketPool pool_;
  SeededRandom random_{1};
  SctpStack sctp_;
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  Endpoint endpoint_{pool_, random_, identity_, sctp_};
  DataExchange data_{endpoint_};
  TransportOutbox out_;
};

TEST_F(DataExchangeTest, ManyChannelsOfOneTransportHoldNoMoreThanItsShare) {
  for (const uint16_t stream : {0, 2, 4}) {
    Open(kPublisher, stream);
    Say(kPublisher, stream, 200'000);
  }
  EXPECT_EQ(dropped(), 1U);
  // Empty messages cost memory too.
  for (uint16_t stream = 6; stream < 64; stream += 2) {
    Open(kPublisher, stream);
    for (int i = 0; i < 256; ++i) Say(kPublisher, stream, 0);
  }
  std::size_t held = 0;
  for (const auto& [channel, unclaimed] : data_.unclaimed()) held += unclaimed.early.cost();
  EXPECT_LE(held, DataExchange::kMaxHeldPerTransport);
  EXPECT_GT(held, DataExchange::kMaxHeldPerTransport - 1000);

  const uint64_t before = dropped();
  Open(kOther, 0);
  Say(kOther, 0, 200'000);
  EXPECT_EQ(dropped(), before) << "one transport's share is not another's";
}

TEST_F(DataExchangeTest, ClaimedChannelGivesItsShareBackAfterAWhile) {
  for (const uint16_t stream : {0, 2, 4}) Open(kPublisher, stream);
  Say(kPublisher, 0, 250'000);
  Say(kPublisher, 2, 250'000);
  ASSERT_TRUE(Claim(0).ok());
  Say(kPublisher, 4, 250'000);
  EXPECT_EQ(dropped(), 1U) << "what waits for subscribers counts";
  now_ += DataExchange::kEarlyPeriod;
  data_.HandleTimeout(now_);
  Say(kPublisher, 4, 250'000);
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(DataExchangeTest, MessageThatIsNotKeptForLaterSubscribersIsNotLost) {
  Open(kPublisher, 0);
  ASSERT_TRUE(Claim(0).ok());
  for (int i = 0; i < 3; ++i) Say(kPublisher, 0, 200'000);
  EXPECT_EQ(dropped(), 0U);
  EXPECT_EQ(data_.producers().at(DataProducerId(0)).messages, 3U);
}

TEST_F(DataExchangeTest, ManyChannelsOfOneReceiverQueueNoMoreThanItsShare) {
  constexpr uint32_t kChannels = 4;
  for (uint32_t i = 0; i < kChannels; ++i) {
    const auto stream = static_cast<uint16_t>(2 * i);
    Open(kPublisher, stream);
    ASSERT_TRUE(Claim(stream).ok());
    // Before the receiver's association is up.
    const proto::CreateDataConsumer request{
        kOther, DataConsumerId(i), DataProducerId(stream), {}, {}};
    ASSERT_TRUE(data_.Create(request, now_, out_).ok());
  }
  for (int i = 0; i < 20; ++i) Say(kPublisher, 0, 100'000);
  EXPECT_LE(data_.StatsOf(kOther).queued_bytes, DataReceiver::kMaxQueued) << "one channel's bound";
  for (int i = 0; i < 8; ++i) {
    for (const uint16_t stream : {2, 4, 6}) Say(kPublisher, stream, 100'000);
  }
  EXPECT_LE(data_.StatsOf(kOther).queued_bytes, DataReceiver::kMaxQueuedTotal);
  EXPECT_GT(data_.StatsOf(kOther).queued_bytes, DataReceiver::kMaxQueuedTotal - 100'100);
  // The fullest gave.
  const auto queued = [&](uint32_t id) {
    const DataConsumerId consumer(id);
    return data_.consumers().at(consumer)->channels().at(consumer).queue.messages().size();
  };
  for (uint32_t id = 0; id < kChannels; ++id) EXPECT_NEAR(static_cast<double>(queued(id)), 5, 1);
  EXPECT_EQ(data_.totals().interruptions, 0U) << "nothing is open that could be closed";
  EXPECT_EQ(data_.totals().dropped, data_.StatsOf(kOther).dropped);
  data_.CloseTransport(kOther, now_, out_);
  EXPECT_TRUE(data_.consumers().empty());
}

}  // namespace
}  // namespace stellwerk
