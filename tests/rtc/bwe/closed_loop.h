#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "bench/link/link.h"
#include "rtc/base/random.h"
#include "rtc/bwe/bandwidth_estimator.h"
#include "rtc/pacing/pacer.h"

namespace stellwerk {

// An estimator and a pacer against a simulated link, on a virtual clock: a sender in frames, and a
// receiver that answers with transport-wide feedback.
class ClosedLoop {
 public:
  struct Config {
    LinkConfig link;
    TimeDelta feedback_delay = std::chrono::milliseconds(25);
    TimeDelta feedback_interval = std::chrono::milliseconds(100);
    double feedback_loss = 0;
    uint64_t seed = 1;
    DataRate start = DataRate::KilobitsPerSecond(500);
    // What the sender makes of the estimate; empty: all of it.
    std::vector<DataRate> layers;
    // It would take that much; zero: no end.
    DataRate demand;
    // All of a frame comes at once; nothing is paced.
    bool unpaced = false;
    int frames_per_second = 30;
    TimeDelta reaction{};  // until the sender follows a lower estimate
  };
  struct Sample {
    TimeDelta at{};
    DataRate target;
    DataRate sent;  // within the last 100 ms
    TimeDelta queue{};
    float loss = 0;
    TimeDelta pacer_delay{};
  };

  explicit ClosedLoop(Config config);

  void RunUntil(TimeDelta time);

  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
  [[nodiscard]] const BandwidthEstimator& estimator() const { return estimator_; }
  [[nodiscard]] Link& link() { return link_; }
  [[nodiscard]] int probes() const { return probes_; }
  [[nodiscard]] DataSize padding() const { return padding_; }
  [[nodiscard]] DataSize media() const { return media_; }

  // Over the samples from `from` to `to`.
  [[nodiscard]] double MeanEstimate(TimeDelta from, TimeDelta to) const;  // bit/s
  [[nodiscard]] double EstimateQuantile(double quantile, TimeDelta from, TimeDelta to) const;
  [[nodiscard]] TimeDelta QueueQuantile(double quantile, TimeDelta from, TimeDelta to) const;
  // The first time from `from` on at which the estimate is at least (or at most) that.
  [[nodiscard]] std::optional<TimeDelta> FirstAtLeast(DataRate rate, TimeDelta from) const;
  // From when on the estimate stays at most that (until `to`).
  [[nodiscard]] std::optional<TimeDelta> AtMostFrom(DataRate rate, TimeDelta from,
                                                    TimeDelta to) const;

 private:
  struct Feedback {
    Timestamp arrives;
    TransportFeedback message;
  };
  void MakeFrame();
  void SendOut(const SentPacketInfo& info);
  void SendPadding();
  void Receive();
  void SendFeedback();
  void TakeFeedback();
  void Sense();
  [[nodiscard]] DataRate MediaRate();
  [[nodiscard]] TimeDelta elapsed() const { return now_ - kStart; }

  static constexpr Timestamp kStart{std::chrono::seconds(1'000'000)};

  Config config_;
  SeededRandom random_;
  Timestamp now_ = kStart;
  Link link_;
  BandwidthEstimator estimator_;
  Pacer pacer_;
  Timestamp next_frame_ = kStart;
  Timestamp next_feedback_ = kStart;
  Timestamp next_sample_ = kStart;
  uint32_t version_ = 0;
  double leftover_ = 0;  // bytes of media not sent yet
  std::vector<TransportArrival> arrived_;
  uint8_t feedback_count_ = 0;
  TransportSeqNum feedback_base_{1};
  std::vector<Feedback> feedback_;
  std::vector<Sample> samples_;
  DataSize sent_since_sample_;
  DataSize padding_;
  DataSize media_;
  DataRate media_rate_;
  Timestamp follow_at_ = kNever;
  int probes_ = 0;
};

}  // namespace stellwerk
