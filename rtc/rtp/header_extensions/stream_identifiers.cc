#include "rtc/rtp/header_extensions/stream_identifiers.h"

#include <algorithm>

namespace stellwerk {
namespace {

bool IsAlphanumeric(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsRidCharacter(uint8_t c) { return IsAlphanumeric(c) || c == '-' || c == '_'; }

// RFC 8866 §9: token-char, what a=mid allows.
bool IsTokenCharacter(uint8_t c) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`{|}~";
  return IsAlphanumeric(c) || kSymbols.find(static_cast<char>(c)) != std::string_view::npos;
}

template <typename Text, typename Predicate>
std::optional<Text> ParseText(std::span<const uint8_t> data, Predicate allowed) {
  // Some senders fill a fixed-size element up with zeros.
  while (!data.empty() && data.back() == 0) data = data.first(data.size() - 1);
  if (data.empty() || data.size() > Text::kCapacity) return std::nullopt;
  if (!std::all_of(data.begin(), data.end(), allowed)) return std::nullopt;
  std::array<char, Text::kCapacity> text{};
  std::copy(data.begin(), data.end(), text.begin());
  return Text::From(std::string_view(text.data(), data.size()));
}

}  // namespace

std::optional<Mid> ParseMid(std::span<const uint8_t> data) {
  return ParseText<Mid>(data, IsTokenCharacter);
}

std::optional<Rid> ParseRid(std::span<const uint8_t> data) {
  return ParseText<Rid>(data, IsRidCharacter);
}

StreamIdentifierBytes::StreamIdentifierBytes(std::string_view text)
    : size_(std::min(text.size(), bytes_.size())) {
  std::copy_n(text.begin(), size_, bytes_.begin());
}

}  // namespace stellwerk
