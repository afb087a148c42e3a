#pragma once

#include <atomic>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace stellwerk {

// --log-addresses: whether Redacted values may show themselves. Set once at start.
inline std::atomic<bool> g_show_redacted{false};

// Text about a person or a host: an address, a name, a token. It goes through the program as any
// string, but formats itself as "[redacted]", so that no log line can leak it by carelessness.
class Redacted {
 public:
  Redacted() = default;
  explicit Redacted(std::string text) : text_(std::move(text)) {}
  // The text itself, for the wire; never for a log.
  [[nodiscard]] const std::string& Reveal() const { return text_; }
  [[nodiscard]] std::string_view ForLog() const {
    return g_show_redacted.load(std::memory_order_relaxed) ? std::string_view(text_)
                                                           : std::string_view("[redacted]");
  }
  friend bool operator==(const Redacted&, const Redacted&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Redacted& value) {
    return out << value.ForLog();
  }

 private:
  std::string text_;
};

}  // namespace stellwerk
