#include "bench/synthetic/section_reader.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "bench/synthetic/payload_types.h"
#include "controller/sdp/line_cursor.h"

namespace stellwerk::synthetic {
namespace {

std::optional<Codec> CodecOf(const MediaDescription& section, const RtpFormat& format,
                             std::span<const Codec> video) {
  if (section.type == MediaType::kAudio) {
    return EqualsIgnoringCase(format.name, "opus") ? std::optional(Codec::kOpus) : std::nullopt;
  }
  for (const Codec codec : video) {
    const VideoFormat* known = FindVideoFormat(codec);
    if (known != nullptr && EqualsIgnoringCase(format.name, known->name)) return codec;
  }
  return std::nullopt;
}

// RFC 4588 §8.6: "apt=96", other parameters may follow.
std::optional<PayloadType> FindRtx(const MediaDescription& section, PayloadType of) {
  const std::string wanted = "apt=" + std::to_string(of.value());
  for (const RtpFormat& format : section.formats) {
    if (!EqualsIgnoringCase(format.name, "rtx")) continue;
    std::string_view rest = format.fmtp;
    while (!rest.empty()) {
      const std::string_view parameter = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
      const std::size_t start = parameter.find_first_not_of(' ');
      if (start != std::string_view::npos && parameter.substr(start) == wanted) {
        return format.payload_type;
      }
    }
  }
  return std::nullopt;
}

CodecParameters ReadCodec(const MediaDescription& section, const RtpFormat& format, Codec codec) {
  CodecParameters out;
  out.codec = codec;
  out.payload_type = format.payload_type;
  out.clock_rate = format.clock_rate;
  out.channels = format.channels;
  out.fmtp = format.fmtp;
  if (section.type == MediaType::kVideo) {
    out.rtx_payload_type = FindRtx(section, format.payload_type);
  }
  for (const std::string& feedback : format.feedback) {
    out.nack |= feedback == "nack";
    out.pli |= feedback == "nack pli";
    out.fir |= feedback == "ccm fir";
    out.transport_cc |= feedback == "transport-cc";
  }
  return out;
}

}  // namespace

RtpExtensionIds ReadExtensions(const MediaDescription& section) {
  RtpExtensionIds ids;
  for (const ExtensionMapping& mapping : section.extensions) {
    const auto it = std::find(kRtpExtensionUris.begin(), kRtpExtensionUris.end(), mapping.uri);
    if (it == kRtpExtensionUris.end() || mapping.id > 255) continue;
    ids.Set(static_cast<RtpExtension>(it - kRtpExtensionUris.begin()),
            ExtensionId(static_cast<uint8_t>(mapping.id)));
  }
  return ids;
}

std::optional<ConsumerParameters> ReadSlot(const MediaDescription& section,
                                           std::span<const Codec> video) {
  const auto mid = Mid::From(section.mid);
  if (!mid || !section.IsRtp()) return std::nullopt;
  ConsumerParameters slot;
  slot.kind = section.type == MediaType::kAudio ? MediaKind::kAudio : MediaKind::kVideo;
  slot.mid = *mid;
  slot.extensions = ReadExtensions(section);
  if (!section.ssrc_attributes.empty()) slot.ssrc = section.ssrc_attributes.front().ssrc;
  for (const SsrcGroup& group : section.ssrc_groups) {
    if (group.semantics != "FID" || group.ssrcs.size() != 2) continue;
    slot.ssrc = group.ssrcs[0];
    slot.rtx_ssrc = group.ssrcs[1];
  }
  for (const SsrcAttribute& attribute : section.ssrc_attributes) {
    if (attribute.name == "cname") slot.cname = attribute.value;
  }
  for (const RtpFormat& format : section.formats) {
    if (const auto codec = CodecOf(section, format, video)) {
      slot.codecs.push_back(ReadCodec(section, format, *codec));
    }
  }
  if (slot.codecs.empty()) return std::nullopt;
  return slot;
}

absl::StatusOr<RemoteTransportParameters> ReadTransport(const SessionDescription& description,
                                                        const MediaDescription& section) {
  const TransportAttributes attributes = description.TransportOf(section);
  if (attributes.ice_ufrag.empty() || attributes.fingerprints.empty()) {
    return absl::InvalidArgumentError("no ICE credentials or fingerprint");
  }
  if (!attributes.setup || attributes.setup == DtlsSetup::kHoldconn) {
    return absl::InvalidArgumentError("a=setup is neither active nor passive");
  }
  RemoteTransportParameters remote;
  remote.ice = {attributes.ice_ufrag, attributes.ice_pwd};
  remote.fingerprint = attributes.fingerprints.front();
  remote.our_role = attributes.setup == DtlsSetup::kActive ? DtlsRole::kServer : DtlsRole::kClient;
  for (const MediaDescription& media : description.media) {
    if (media.type != MediaType::kApplication || media.port == 0) continue;
    remote.sctp = SctpParameters{.port = media.sctp.port,
                                 .max_message_size = media.sctp.max_message_size.value_or(65'536)};
  }
  return remote;
}

std::vector<Candidate> ReadCandidates(const SessionDescription& description) {
  std::vector<Candidate> out;
  for (const MediaDescription& section : description.media) {
    for (const Candidate& candidate : section.candidates) {
      const bool known = std::any_of(out.begin(), out.end(), [&](const Candidate& other) {
        return other.protocol == candidate.protocol && other.address == candidate.address &&
               other.port == candidate.port;
      });
      if (!known) out.push_back(candidate);
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  return out;
}

bool MayTrickle(const SessionDescription& description) {
  const auto& options = description.ice_options;
  if (std::find(options.begin(), options.end(), "trickle") != options.end()) return true;
  // Some peers trickle without a word; but nobody sends a description without candidates that is
  // not followed by some.
  return std::all_of(description.media.begin(), description.media.end(), [](const auto& section) {
    return section.candidates.empty() && !section.end_of_candidates;
  });
}

}  // namespace stellwerk::synthetic
