// What happens by itself shares its turns of the loop with what else does.
#include "rtc/base/deadline_grid.h"
#include "tests/rtc/router/room_fixture.h"

namespace stellwerk {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

class TimersTest : public RoomFixture {
 protected:
  // Serves deadlines as a loop does, each a little late; returns when they were due.
  std::vector<Timestamp> Serve(TimeDelta time) {
    std::vector<Timestamp> due;
    for (const Timestamp end = now_ + time; router_.NextTimeout() <= end;) {
      due.push_back(router_.NextTimeout());
      now_ = std::max(now_, router_.NextTimeout() + microseconds(70));
      router_.HandleTimeout(now_, out_);
    }
    return due;
  }
};

TEST_F(TimersTest, TicksAndReportsOfAllRoomsFallOnCommonInstants) {
  now_ += microseconds(12'345);
  AddProducer(ProducerId(1), AudioProducer("0"));
  EXPECT_EQ(router_.NextTimeout(), now_) << "who is new is looked at immediately";
  Serve(microseconds(1));
  const auto due = Serve(seconds(2));
  for (const Timestamp at : due) EXPECT_EQ(at, OnDeadlineGrid(at));
  EXPECT_GE(due.size(), 20U) << "ten times a second, though each comes late";
  EXPECT_LE(due.size(), 20U + 2 * 3) << "and each of the transports reports once a second";
}

TEST_F(TimersTest, WhoOnlyListensIsNotProbed) {
  AddProducer(ProducerId(1), AudioProducer("0"));
  auto slot = AudioSlot(Ssrc(8000), "a");
  slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(5));
  AddSlot(ConsumerId(1), slot, ProducerId(1));
  OpusSender talker(1, "0", 50, 1'000'000);
  std::size_t timeouts = 0;
  for (uint32_t i = 0; i < 200; ++i) {
    Deliver(talker.Packet(960 * i));
    timeouts += Serve(milliseconds(20)).size();
  }
  EXPECT_EQ(TakeRtp().size(), 200U);
  EXPECT_EQ(router_.GetTransportStats(kSubscriber, now_)->probes, 0U);
  // Ten ticks a second; feedback, which goes ten times as well; reports, and an eye on silence.
  EXPECT_LE(timeouts, 4U * (10 + 10 + 2 + 3));
}

}  // namespace
}  // namespace stellwerk
