#include "bench/synthetic/server_offer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "bench/synthetic/section_reader.h"

namespace stellwerk::synthetic {
namespace {

using Role = MediaPlan::Role;

constexpr std::array kTakenExtensions = {
    RtpExtension::kMid,        RtpExtension::kAbsSendTime,          RtpExtension::kTransportCc,
    RtpExtension::kAudioLevel, RtpExtension::kDependencyDescriptor, RtpExtension::kPlayoutDelay,
};
constexpr std::array<std::string_view, 5> kTakenFeedback = {"goog-remb", "transport-cc", "ccm fir",
                                                            "nack", "nack pli"};

// RFC 8843 §7.2.1: an m-line with port 0 may still be meant, if it is bundle-only.
bool IsOffered(const MediaDescription& section) { return section.port != 0 || section.bundle_only; }

Role RoleOf(const MediaDescription& section) {
  if (section.type == MediaType::kAudio) return Role::kAudioSlot;
  if (section.type == MediaType::kVideo) return Role::kVideoSlot;
  return Role::kData;
}

bool IsBundled(const SessionDescription& offer, const std::string& mid) {
  return !offer.bundle_groups.empty() &&
         std::find(offer.bundle_groups.front().begin(), offer.bundle_groups.front().end(), mid) !=
             offer.bundle_groups.front().end();
}

void ReadSection(const MediaDescription& section, std::span<const Codec> video, bool data,
                 MediaPlan& plan, AnsweredMedia& media) {
  plan.role = RoleOf(section);
  plan.mid = section.mid;
  if (section.type == MediaType::kApplication) {
    media.accepted = IsOffered(section) && data;
    return;
  }
  const auto slot = ReadSlot(section, video);
  media.accepted = IsOffered(section) && slot.has_value();
  plan.stopped = !Sends(section.direction);
  if (media.accepted && !plan.stopped) media.slot = slot;
}

// The formats that a slot takes, and their retransmissions, as they were offered.
std::vector<RtpFormat> TakenFormats(const MediaDescription& section, std::span<const Codec> video) {
  std::vector<RtpFormat> out;
  const auto slot = ReadSlot(section, video);
  if (!slot) return out;
  for (const RtpFormat& format : section.formats) {
    const bool taken =
        std::any_of(slot->codecs.begin(), slot->codecs.end(), [&](const CodecParameters& codec) {
          return codec.payload_type == format.payload_type ||
                 codec.rtx_payload_type == format.payload_type;
        });
    if (!taken) continue;
    out.push_back(format);
    std::erase_if(out.back().feedback, [](const std::string& feedback) {
      return std::find(kTakenFeedback.begin(), kTakenFeedback.end(), feedback) ==
             kTakenFeedback.end();
    });
  }
  return out;
}

void WriteRtp(const MediaDescription& offered, const MediaPlan& plan, MediaDescription& section) {
  section.direction = plan.stopped ? Direction::kInactive : Direction::kRecvOnly;
  section.rtcp_mux = true;
  section.rtcp_rsize = offered.rtcp_rsize;
  section.formats = TakenFormats(offered, plan.codecs);
  for (const RtpExtension extension : kTakenExtensions) {
    const std::string_view uri = kRtpExtensionUris[static_cast<std::size_t>(extension)];
    const auto it =
        std::find_if(offered.extensions.begin(), offered.extensions.end(),
                     [&](const ExtensionMapping& mapping) { return mapping.uri == uri; });
    if (it == offered.extensions.end() || it->id > 255) continue;
    section.extensions.push_back({.id = it->id, .direction = std::nullopt, .uri = it->uri});
  }
}

// RFC 3264 §6: port 0, and the formats don't matter.
void WriteRejection(const MediaDescription& offered, MediaDescription& section) {
  section.port = 0;
  section.direction = Direction::kInactive;
  section.sctp = offered.sctp;
  section.format_tokens = offered.format_tokens;
  if (!offered.formats.empty()) section.formats = {offered.formats.front()};
}

}  // namespace

absl::StatusOr<ServerOffer> ReadServerOffer(std::string_view text, std::span<const Codec> video,
                                            bool data) {
  auto parsed = ParseSessionDescription(text);
  if (!parsed) return absl::InvalidArgumentError("offer: " + parsed.error().ToString());
  ServerOffer out{.offer = *std::move(parsed), .read = {}, .media = {}};
  const MediaDescription* first = nullptr;
  for (const MediaDescription& section : out.offer.media) {
    MediaPlan& plan = out.media.emplace_back();
    plan.codecs.assign(video.begin(), video.end());
    AnsweredMedia& media = out.read.media.emplace_back();
    ReadSection(section, video, data, plan, media);
    if (!media.accepted) continue;
    if (first == nullptr) first = &section;
    if (&section != first && !IsBundled(out.offer, section.mid)) {
      return absl::InvalidArgumentError("offer: m-line " + section.mid + " is not bundled");
    }
    if (section.IsRtp() && !section.rtcp_mux) {
      return absl::InvalidArgumentError("offer: m-line " + section.mid + " has no a=rtcp-mux");
    }
  }
  if (first == nullptr) return absl::InvalidArgumentError("offer: nothing in it can be received");
  auto remote = ReadTransport(out.offer, *first);
  if (!remote.ok()) {
    return absl::InvalidArgumentError("offer: " + std::string(remote.status().message()));
  }
  out.read.remote = *std::move(remote);
  if (!data) out.read.remote.sctp.reset();
  out.read.candidates = ReadCandidates(out.offer);
  out.read.may_trickle = MayTrickle(out.offer);
  return out;
}

std::string AnswerServerOffer(const ServerOffer& offer, const LocalSide& local) {
  SessionDescription answer;
  answer.session_id = local.session_id;
  answer.session_version = local.session_version;
  answer.ice_lite = local.ice_lite;
  answer.extmap_allow_mixed = offer.offer.extmap_allow_mixed;
  std::vector<std::string> bundle;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const MediaDescription& offered = offer.offer.media[i];
    MediaDescription& section = answer.media.emplace_back();
    section.type = offered.type;
    section.type_name = offered.type_name;
    section.protocol = offered.protocol;
    section.mid = offered.mid;
    if (!offer.read.media[i].accepted) {
      WriteRejection(offered, section);
      continue;
    }
    section.transport = {.ice_ufrag = local.ice.ufrag,
                         .ice_pwd = local.ice.pwd,
                         .fingerprints = {local.fingerprint},
                         .setup = offer.read.remote.our_role == DtlsRole::kClient
                                      ? DtlsSetup::kActive
                                      : DtlsSetup::kPassive};
    if (bundle.empty() && local.address) WriteCandidate(*local.address, section);
    if (IsBundled(offer.offer, offered.mid)) bundle.push_back(offered.mid);
    if (offered.IsRtp()) {
      WriteRtp(offered, offer.media[i], section);
    } else {
      section.format_tokens = offered.format_tokens;
      section.sctp = {
          .port = 5000, .max_message_size = 262'144, .legacy_form = offered.sctp.legacy_form};
    }
  }
  if (!bundle.empty()) answer.bundle_groups.push_back(std::move(bundle));
  return SerializeSessionDescription(answer);
}

}  // namespace stellwerk::synthetic
