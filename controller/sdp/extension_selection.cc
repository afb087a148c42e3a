#include "controller/sdp/extension_selection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stellwerk {
namespace {

std::optional<RtpExtension> FindExtension(std::string_view uri) {
  const auto it = std::find(kRtpExtensionUris.begin(), kRtpExtensionUris.end(), uri);
  if (it == kRtpExtensionUris.end()) return std::nullopt;
  return static_cast<RtpExtension>(it - kRtpExtensionUris.begin());
}

bool HasOneMeaning(const SessionDescription& offer, RtpExtension extension) {
  const std::string_view uri = kRtpExtensionUris[static_cast<std::size_t>(extension)];
  std::optional<uint16_t> id;
  for (const MediaDescription& section : offer.media) {
    for (const ExtensionMapping& mapping : section.extensions) {
      if (mapping.uri != uri) continue;
      if (id && *id != mapping.id) return false;
      id = mapping.id;
    }
  }
  for (const MediaDescription& section : offer.media) {
    for (const ExtensionMapping& mapping : section.extensions) {
      if (id == mapping.id && mapping.uri != uri) return false;
    }
  }
  return true;
}

// Senders use the first codec of an answer.
bool WillBeSentVp8(const ExtensionRequest& request) {
  return request.receives && !request.codecs.empty() && request.codecs.front().codec == Codec::kVp8;
}

// Transport-wide congestion control needs the extension and the feedback; one without the other is
// useless.
bool OffersTransportCc(const ExtensionRequest& request) {
  const bool feedback =
      std::any_of(request.codecs.begin(), request.codecs.end(),
                  [](const CodecParameters& codec) { return codec.transport_cc; });
  const std::string_view uri =
      kRtpExtensionUris[static_cast<std::size_t>(RtpExtension::kTransportCc)];
  return feedback && std::any_of(request.offer.extensions.begin(), request.offer.extensions.end(),
                                 [&](const ExtensionMapping& m) { return m.uri == uri; });
}

// Whether an extension is of use on packets that we receive (a producer) or send (a slot).
struct Use {
  bool received = false;
  bool sent = false;
};

Use UseOf(RtpExtension extension, const ExtensionRequest& request, const AnswerPolicy& policy) {
  constexpr Use kBoth = {true, true};
  constexpr Use kNone = {};
  const bool video = request.offer.type == MediaType::kVideo;
  switch (extension) {
    case RtpExtension::kMid:
      return request.identifying.mid ? kBoth : kNone;
    // A slot is one stream: only publishers have several.
    case RtpExtension::kRid:
      return {request.identifying.rid && video, false};
    case RtpExtension::kRepairedRid:
      return {request.identifying.repaired_rid && video, false};
    case RtpExtension::kTransportCc:
      return OffersTransportCc(request) ? kBoth : kNone;
    case RtpExtension::kAbsSendTime:
      return OffersTransportCc(request) ? kNone : kBoth;
    case RtpExtension::kAudioLevel:
      return video ? kNone : kBoth;
    case RtpExtension::kDependencyDescriptor: {
      // See AnswerPolicy::end_to_end_encrypted. Not for one direction only: some clients overlook
      // that an answer's extension has one.
      const bool wanted = policy.end_to_end_encrypted || !WillBeSentVp8(request);
      return video && wanted ? kBoth : kNone;
    }
    case RtpExtension::kVideoLayersAllocation:
      return {video, false};
    case RtpExtension::kPlayoutDelay:
      return kBoth;
    case RtpExtension::kAbsCaptureTime:
      return kBoth;
    case RtpExtension::kVideoOrientation:
      return video && policy.video_orientation ? kBoth : kNone;
    case RtpExtension::kTransmissionOffset:
    case RtpExtension::kVideoContentType:
    case RtpExtension::kVideoTiming:
    case RtpExtension::kColorSpace:
    case RtpExtension::kCount:
      return kNone;
  }
  return kNone;
}

}  // namespace

IdentifyingExtensions FindIdentifyingExtensions(const SessionDescription& offer) {
  return {.mid = HasOneMeaning(offer, RtpExtension::kMid),
          .rid = HasOneMeaning(offer, RtpExtension::kRid),
          .repaired_rid = HasOneMeaning(offer, RtpExtension::kRepairedRid)};
}

SelectedExtensions SelectExtensions(const ExtensionRequest& request, const AnswerPolicy& policy) {
  SelectedExtensions out;
  for (const ExtensionMapping& mapping : request.offer.extensions) {
    const auto extension = FindExtension(mapping.uri);
    const uint16_t max_id = request.two_byte_ids ? 255 : 14;
    if (!extension || mapping.id > max_id) continue;
    if (out.received.Has(*extension) || out.sent.Has(*extension)) continue;  // offered twice
    // RFC 8285 §5: the direction is the offerer's; without one the extension goes wherever media
    // goes.
    const Direction offered = mapping.direction.value_or(Direction::kSendRecv);
    const Use use = UseOf(*extension, request, policy);
    const bool received = request.receives && use.received && Sends(offered);
    const bool sent = request.sends && use.sent && Receives(offered);
    if (!received && !sent) continue;
    const ExtensionId id(static_cast<uint8_t>(mapping.id));
    if (received) out.received.Set(*extension, id);
    if (sent) out.sent.Set(*extension, id);
    ExtensionMapping answer{.id = mapping.id, .direction = std::nullopt, .uri = mapping.uri};
    if (mapping.direction) answer.direction = Reversed(*mapping.direction);
    out.answer.push_back(answer);
  }
  return out;
}

}  // namespace stellwerk
