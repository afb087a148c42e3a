#pragma once

#include <optional>

#include "rtc/base/units.h"

namespace stellwerk {

// draft-ietf-rmcat-gcc-02 §6, for receivers without transport-wide feedback: the loss in their
// reports moves the rate, their REMB caps it.
class ReportControl {
 public:
  ReportControl(DataRate start, DataRate min, DataRate max) : rate_(start), min_(min), max_(max) {}

  void OnReport(float fraction_lost, Timestamp now);
  void OnRemb(DataRate rate);
  [[nodiscard]] DataRate target() const;
  [[nodiscard]] std::optional<DataRate> cap() const { return cap_; }
  [[nodiscard]] bool limited_by_loss() const { return lossy_; }

 private:
  DataRate rate_;
  DataRate min_;
  DataRate max_;
  std::optional<DataRate> cap_;
  bool lossy_ = false;
  std::optional<Timestamp> changed_at_;
};

}  // namespace stellwerk
