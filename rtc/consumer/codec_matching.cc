#include "rtc/consumer/codec_matching.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace stellwerk {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// The value of `key` in "a=1;b=2", in lower case; `otherwise` if it is not there.
std::string FmtpValue(std::string_view fmtp, std::string_view key, std::string_view otherwise) {
  while (!fmtp.empty()) {
    const auto end = fmtp.find(';');
    std::string_view item = fmtp.substr(0, end);
    fmtp = end == std::string_view::npos ? std::string_view() : fmtp.substr(end + 1);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) continue;
    if (Lower(item.substr(0, equals)) == key) return Lower(item.substr(equals + 1));
  }
  return std::string(otherwise);
}

// RFC 6184 §8.1: profile_idc and profile-iop; the level does not make a stream another format.
// Profile 42 with and without constraint_set1 are baseline and constrained baseline, which WebRTC
// senders make alike.
std::string H264Profile(std::string_view fmtp) {
  const std::string id = FmtpValue(fmtp, "profile-level-id", "42e01f");
  return id.substr(0, 2);
}

bool SameProfile(const CodecParameters& a, const CodecParameters& b) {
  const auto same = [&](std::string_view key, std::string_view otherwise) {
    return FmtpValue(a.fmtp, key, otherwise) == FmtpValue(b.fmtp, key, otherwise);
  };
  switch (a.codec) {
    case Codec::kH264:
      return same("packetization-mode", "0") && H264Profile(a.fmtp) == H264Profile(b.fmtp);
    case Codec::kVp9:
      return same("profile-id", "0");
    case Codec::kAv1:
      return same("profile", "0");
    case Codec::kH265:
      return same("profile-id", "1");
    default:
      return true;
  }
}

}  // namespace

std::optional<uint8_t> MatchCodec(const CodecParameters& source,
                                  std::span<const CodecParameters> offered) {
  if (source.codec == Codec::kUnknown) return std::nullopt;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const CodecParameters& candidate = offered[i];
    if (candidate.codec == source.codec && candidate.clock_rate == source.clock_rate &&
        SameProfile(source, candidate)) {
      return static_cast<uint8_t>(i);
    }
  }
  return std::nullopt;
}

std::optional<RedMatch> MatchRed(const CodecParameters& red,
                                 std::span<const CodecParameters> sources,
                                 std::span<const CodecParameters> offered) {
  for (std::size_t i = 0; i < offered.size(); ++i) {
    if (offered[i].codec == Codec::kRed && offered[i].fmtp == red.fmtp) {
      return RedMatch{.codec = static_cast<uint8_t>(i), .stripped = false};
    }
  }
  const auto primary = std::find_if(sources.begin(), sources.end(),
                                    [](const auto& codec) { return codec.codec == Codec::kOpus; });
  if (primary == sources.end()) return std::nullopt;
  const auto match = MatchCodec(*primary, offered);
  if (!match) return std::nullopt;
  return RedMatch{.codec = *match, .stripped = true};
}

}  // namespace stellwerk
