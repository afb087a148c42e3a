#include "controller/sdp/codec_selection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "controller/sdp/line_cursor.h"

namespace stellwerk {
namespace {

// One m-line's codecs. Real offers hold about ten; the worker takes 64.
constexpr std::size_t kMaxCodecs = 32;

struct KnownCodec {
  Codec codec;
  MediaKind kind;
  std::string_view name;
  uint32_t clock_rate;
  uint8_t channels;
};
constexpr std::array kKnownCodecs = {
    KnownCodec{Codec::kOpus, MediaKind::kAudio, "opus", 48'000, 2},
    KnownCodec{Codec::kRed, MediaKind::kAudio, "red", 48'000, 2},
    KnownCodec{Codec::kVp8, MediaKind::kVideo, "VP8", 90'000, 1},
    KnownCodec{Codec::kVp9, MediaKind::kVideo, "VP9", 90'000, 1},
    KnownCodec{Codec::kH264, MediaKind::kVideo, "H264", 90'000, 1},
    KnownCodec{Codec::kH265, MediaKind::kVideo, "H265", 90'000, 1},
    KnownCodec{Codec::kAv1, MediaKind::kVideo, "AV1", 90'000, 1},
};

const KnownCodec* FindKnown(MediaType type, const RtpFormat& format) {
  const MediaKind kind = type == MediaType::kAudio ? MediaKind::kAudio : MediaKind::kVideo;
  for (const KnownCodec& known : kKnownCodecs) {
    if (known.kind == kind && EqualsIgnoringCase(known.name, format.name) &&
        known.clock_rate == format.clock_rate && known.channels == format.channels) {
      return &known;
    }
  }
  return nullptr;
}

// The value of `key` in "a=1;b=2".
std::optional<std::string_view> FmtpValue(std::string_view fmtp, std::string_view key) {
  LineCursor cursor(fmtp);
  while (!cursor.AtEnd()) {
    LineCursor pair(cursor.TakeUntil(';'));
    const std::string_view name = pair.TakeUntil('=');
    if (EqualsIgnoringCase(name, key)) return pair.Rest();
  }
  return std::nullopt;
}

// How far from what every receiver decodes a profile is: 0 = everyone does, 1 = many do, so it is
// taken after the others; nullopt = too few do. Whoever has only the latter kind sees a slot with
// such a source as one whose codec it does not support.
std::optional<int> ProfileRank(Codec codec, std::string_view fmtp) {
  if (codec == Codec::kVp9) {
    const std::string_view profile = FmtpValue(fmtp, "profile-id").value_or("0");
    if (profile == "2") return 1;  // 10 and 12 bit
    return profile == "0" ? std::optional(0) : std::nullopt;
  }
  if (codec == Codec::kAv1 && FmtpValue(fmtp, "profile").value_or("0") != "0") return std::nullopt;
  return 0;
}

// RFC 2198: of RED every block must be a codec that was taken, or nobody could unpack it.
bool IsUsableRed(const CodecParameters& red, const std::vector<CodecParameters>& codecs) {
  LineCursor blocks(red.fmtp);
  if (blocks.AtEnd()) return false;
  while (!blocks.AtEnd()) {
    const auto payload_type = ParseDecimal<uint8_t>(blocks.TakeUntil('/'));
    const bool taken = std::any_of(codecs.begin(), codecs.end(), [&](const CodecParameters& codec) {
      return codec.codec == Codec::kOpus && payload_type == codec.payload_type.value();
    });
    if (!taken) return false;
  }
  return true;
}

bool IsFragmentingH264(std::string_view fmtp) {
  // RFC 6184 §8.1: mode 0 is the default and allows single NAL units only.
  return FmtpValue(fmtp, "packetization-mode").value_or("0") == "1";
}

std::optional<PayloadType> FindRtx(const MediaDescription& offer, PayloadType primary) {
  for (const RtpFormat& format : offer.formats) {
    if (!EqualsIgnoringCase(format.name, "rtx")) continue;
    const auto apt = FmtpValue(format.fmtp, "apt");
    if (apt && ParseDecimal<uint8_t>(*apt) == primary.value()) return format.payload_type;
  }
  return std::nullopt;
}

void SetFeedback(const RtpFormat& format, CodecParameters& out) {
  const auto has = [&](std::string_view value) {
    return std::find(format.feedback.begin(), format.feedback.end(), value) !=
           format.feedback.end();
  };
  out.nack = has("nack");
  out.pli = has("nack pli");
  out.fir = has("ccm fir");
  out.transport_cc = has("transport-cc");
  out.remb = has("goog-remb");
}

std::string_view EncodingName(Codec codec) {
  for (const KnownCodec& known : kKnownCodecs) {
    if (known.codec == codec) return known.name;
  }
  return "";
}

// The answer's parameters are wishes of ours as receiver. The offerer's are repeated, as H264 and
// AV1 demand for what they negotiate symmetrically, except for its own receive limits (RFC 7741
// §6.1), which are none of ours.
std::string AnswerFmtp(const CodecParameters& codec, const AnswerPolicy& policy) {
  std::string out;
  const auto append = [&out](std::string_view text) {
    if (!out.empty()) out += ';';
    out += text;
  };
  if (codec.codec == Codec::kRed) return codec.fmtp;
  LineCursor cursor(codec.fmtp);
  while (!cursor.AtEnd()) {
    const std::string_view parameter = cursor.TakeUntil(';');
    if (parameter.starts_with("max-fs=") || parameter.starts_with("max-fr=") ||
        parameter.starts_with("sprop-") || parameter.starts_with("usedtx=")) {
      continue;
    }
    if (!parameter.empty()) append(parameter);
  }
  if (codec.codec == Codec::kOpus && policy.opus_dtx) append("usedtx=1");
  return out;
}

}  // namespace

std::vector<CodecParameters> SelectCodecs(const MediaDescription& offer,
                                          const AnswerPolicy& policy) {
  const bool prefer_fragmenting =
      std::any_of(offer.formats.begin(), offer.formats.end(), [&](const RtpFormat& format) {
        return EqualsIgnoringCase(format.name, "H264") && IsFragmentingH264(format.fmtp);
      });
  std::vector<CodecParameters> out;
  const auto take = [&](Codec wanted, int rank) {
    for (const RtpFormat& format : offer.formats) {
      if (out.size() >= kMaxCodecs) break;
      const KnownCodec* known = FindKnown(offer.type, format);
      if (known == nullptr || known->codec != wanted) continue;
      if (ProfileRank(wanted, format.fmtp) != rank) continue;
      if (wanted == Codec::kH264 && prefer_fragmenting && !IsFragmentingH264(format.fmtp)) continue;
      CodecParameters codec{.codec = wanted,
                            .payload_type = format.payload_type,
                            .clock_rate = format.clock_rate,
                            .channels = format.channels,
                            .rtx_payload_type = FindRtx(offer, format.payload_type),
                            .fmtp = format.fmtp};
      SetFeedback(format, codec);
      out.push_back(std::move(codec));
    }
  };
  for (const Codec wanted : policy.codecs) {
    take(wanted, 0);
    take(wanted, 1);
  }
  // Against all that was taken, for RED may stand before the codec that it repeats.
  std::erase_if(out, [taken = out](const CodecParameters& codec) {
    return codec.codec == Codec::kRed && !IsUsableRed(codec, taken);
  });
  return out;
}

std::vector<RtpFormat> AnswerFormats(const std::vector<CodecParameters>& codecs,
                                     const AnswerPolicy& policy) {
  std::vector<RtpFormat> out;
  for (const CodecParameters& codec : codecs) {
    RtpFormat& format = out.emplace_back();
    format.payload_type = codec.payload_type;
    format.name = std::string(EncodingName(codec.codec));
    format.clock_rate = codec.clock_rate;
    format.channels = codec.channels;
    format.fmtp = AnswerFmtp(codec, policy);
    if (codec.nack) format.feedback.emplace_back("nack");
    if (codec.pli) format.feedback.emplace_back("nack pli");
    if (codec.fir) format.feedback.emplace_back("ccm fir");
    if (codec.transport_cc) format.feedback.emplace_back("transport-cc");
    if (codec.remb) format.feedback.emplace_back("goog-remb");
    if (!codec.rtx_payload_type) continue;
    RtpFormat& rtx = out.emplace_back();
    rtx.payload_type = *codec.rtx_payload_type;
    rtx.name = "rtx";
    rtx.clock_rate = codec.clock_rate;
    rtx.fmtp = "apt=" + std::to_string(codec.payload_type.value());
  }
  return out;
}

}  // namespace stellwerk
