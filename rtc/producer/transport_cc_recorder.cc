#include "rtc/producer/transport_cc_recorder.h"

#include <algorithm>
#include <span>

#include "rtc/base/deadline_grid.h"

namespace stellwerk {
namespace {

// Often enough for a publisher's estimator at a high rate, and below a per cent of a low one.
constexpr TimeDelta kInterval = std::chrono::milliseconds(100);
constexpr TimeDelta kBusyInterval = std::chrono::milliseconds(50);
constexpr std::size_t kBusy = 20;
// Far more than a second of 10 Mb/s; a flood is not worth more memory.
constexpr std::size_t kMaxPending = 4000;

// With that of others, at the nearest instant of their grid.
Timestamp DueAfter(Timestamp first, TimeDelta interval) {
  return NearestOnGrid(first + interval, kFeedbackGrid);
}

}  // namespace

void TransportCcRecorder::OnPacket(TransportSeqNum number, Timestamp arrival, Timestamp now) {
  if (arrivals_.size() >= kMaxPending) return;
  const Arrival packet{.number = unwrapper_.Unwrap(number), .time = arrival};
  if (!started_) {
    started_ = true;
    base_ = packet.number;
  }
  if (arrivals_.empty()) {
    first_at_ = now;
    next_ = DueAfter(now, kInterval);
  }
  if (arrivals_.empty() || arrivals_.back().number < packet.number) {
    arrivals_.push_back(packet);
  } else {
    const auto place =
        std::lower_bound(arrivals_.begin(), arrivals_.end(), packet.number,
                         [](const Arrival& a, int64_t value) { return a.number < value; });
    if (place->number != packet.number) arrivals_.insert(place, packet);
  }
  if (arrivals_.size() >= kBusy) next_ = DueAfter(first_at_, kBusyInterval);
}

std::vector<TransportFeedback> TransportCcRecorder::HandleTimeout(Timestamp now, Ssrc sender,
                                                                  Ssrc media) {
  std::vector<TransportFeedback> out;
  if (now < next_) return out;
  next_ = kNever;
  // A number that earlier feedback called lost gets a message of its own: one that spanned the
  // numbers in between would call those lost that were reported as received.
  std::size_t i = 0;
  for (; i < arrivals_.size() && arrivals_[i].number < base_; ++i) {
    const TransportArrival late{
        .sequence_number = TransportSeqNum(static_cast<uint16_t>(arrivals_[i].number)),
        .arrival = arrivals_[i].time};
    Append(sender, media, arrivals_[i].number, std::span(&late, 1), out);
  }
  if (i < arrivals_.size()) {
    scratch_.clear();
    for (std::size_t k = i; k < arrivals_.size(); ++k) {
      scratch_.push_back(
          {.sequence_number = TransportSeqNum(static_cast<uint16_t>(arrivals_[k].number)),
           .arrival = arrivals_[k].time});
    }
    const int64_t end = arrivals_.back().number + 1;
    // A jump: the publisher counts anew. Nothing in between was lost.
    constexpr int64_t kMaxGap = 8000;
    const int64_t first = arrivals_[i].number;
    Append(sender, media, first - base_ > kMaxGap ? first : base_, scratch_, out);
    base_ = end;
  }
  arrivals_.clear();
  return out;
}

void TransportCcRecorder::Append(Ssrc sender, Ssrc media, int64_t base,
                                 std::span<const TransportArrival> arrivals,
                                 std::vector<TransportFeedback>& out) {
  auto messages = BuildTransportFeedback(sender, media, feedback_count_,
                                         TransportSeqNum(static_cast<uint16_t>(base)), arrivals);
  feedback_count_ = static_cast<uint8_t>(feedback_count_ + messages.size());
  std::move(messages.begin(), messages.end(), std::back_inserter(out));
}

}  // namespace stellwerk
