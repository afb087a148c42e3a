#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtc/base/units.h"
#include "rtc/bwe/sent_history.h"

namespace stellwerk {

// Whether loss says that too much is sent. A radio link loses some packets however little is sent,
// a policer loses all that goes beyond its rate: over the last seconds, sent at different rates,
// the two look different. Only the second limits the estimate.
class LossControl {
 public:
  // `queue`: how long it was meanwhile.
  void OnPackets(std::span<const PacketResult> packets, TimeDelta queue);
  // That much has been seen to arrive.
  void OnProbed(DataRate rate);
  // After each feedback message. `ceiling` is what others allow.
  void Update(DataRate ceiling, Timestamp now);

  // What the link carries, if loss tells.
  [[nodiscard]] std::optional<DataRate> limit() const { return limit_; }
  // Of the packets within about the last second, 0..1.
  [[nodiscard]] float recent_loss() const { return recent_loss_; }
  // The loss that is there in any case, 0..kMaxInherent.
  [[nodiscard]] double inherent_loss() const { return inherent_; }

  static constexpr double kMaxInherent = 0.25;
  // So many values of it are tried.
  static constexpr std::size_t kInherents = 11;

 private:
  static constexpr std::size_t kWindow = 24;
  // What was sent within a quarter of a second, or less if much of it was lost, and how much was.
  struct Observation {
    double packets = 0;
    double lost = 0;
    double rate = 0;  // bit/s
    // How far the queue can be to blame: then the delay tells of that, and better.
    TimeDelta queue{};
  };
  struct Fit {
    double likelihood = 0;  // logarithm
    double bandwidth = 0;   // bit/s; 0: none
  };
  void Close();
  [[nodiscard]] const Observation& Recent(std::size_t age) const;
  // Packets, each observation by its weight.
  struct Weighed {
    double lost = 0;
    double arrived = 0;
    double excess = 0;  // the part of them that was beyond the limit
  };
  struct InherentLoss {
    double loss = 0;
    double log_lost = 0;
    double log_arrived = 0;
  };
  [[nodiscard]] static const std::array<InherentLoss, kInherents>& InherentLosses();
  [[nodiscard]] Fit BestFit(double bandwidth) const;
  [[nodiscard]] static double Likelihood(const Weighed& within, std::span<const Weighed> beyond,
                                         const InherentLoss& inherent);
  void JudgeInherent();
  void Judge();

  std::array<Observation, kWindow> observations_{};
  std::size_t closed_ = 0;  // observations so far
  Observation open_;
  DataSize open_size_;
  // When its packets were sent.
  Timestamp open_since_ = Timestamp::max();
  Timestamp open_until_ = Timestamp::min();
  Timestamp closed_until_{};  // when the last packet of the one before was sent
  bool fresh_ = false;        // one was closed since the last Update

  std::optional<DataRate> limit_;
  double inherent_ = 0;
  float recent_loss_ = 0;
};

}  // namespace stellwerk
