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

}  // namespace
}  // namespace stellwerk
