#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "rtc/base/units.h"

namespace stellwerk {

// One message of a data channel. However many receivers it waits for, its bytes are there once.
struct DataMessage {
  bool is_binary = false;
  Timestamp received;
  std::shared_ptr<const std::vector<uint8_t>> bytes;

  // Of memory, about; empty messages cost, too.
  static constexpr std::size_t kOverhead = 64;
  [[nodiscard]] std::size_t cost() const { return bytes->size() + kOverhead; }
};

// Messages that wait, in order. Its user bounds it.
class DataQueue {
 public:
  void Push(DataMessage message) {
    cost_ += message.cost();
    messages_.push_back(std::move(message));
  }
  // The queue must not be empty.
  DataMessage Pop() {
    DataMessage message = std::move(messages_.front());
    messages_.pop_front();
    cost_ -= message.cost();
    return message;
  }
  void Clear() {
    messages_ = {};
    cost_ = 0;
  }
  [[nodiscard]] const DataMessage& front() const { return messages_.front(); }
  [[nodiscard]] const std::deque<DataMessage>& messages() const { return messages_; }
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  [[nodiscard]] std::size_t cost() const { return cost_; }

 private:
  std::deque<DataMessage> messages_;
  std::size_t cost_ = 0;
};

}  // namespace stellwerk
