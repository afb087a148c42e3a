#include "bench/synthetic/description.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "bench/synthetic/payload_types.h"
#include "bench/synthetic/section_reader.h"

namespace stellwerk::synthetic {
namespace {

using Role = MediaPlan::Role;

bool IsAudio(Role role) { return role == Role::kAudioTrack || role == Role::kAudioSlot; }
bool IsTrack(Role role) { return role == Role::kAudioTrack || role == Role::kVideoTrack; }

void Offer(MediaDescription& section, RtpExtension extension, uint16_t id) {
  section.extensions.push_back(
      {.id = id,
       .direction = std::nullopt,
       .uri = std::string(kRtpExtensionUris[static_cast<std::size_t>(extension)])});
}

RtpFormat MakeFormat(uint8_t payload_type, std::string name, uint32_t clock_rate, uint8_t channels,
                     std::string fmtp, std::vector<std::string> feedback) {
  RtpFormat format;
  format.payload_type = PayloadType(payload_type);
  format.name = std::move(name);
  format.clock_rate = clock_rate;
  format.channels = channels;
  format.fmtp = std::move(fmtp);
  format.feedback = std::move(feedback);
  return format;
}

void WriteStreams(const MediaPlan& plan, const std::string& cname, MediaDescription& section) {
  section.msid_stream = "synthetic";
  section.msid_track = "track-" + plan.mid;
  // As Chromium does: with simulcast the RIDs stand for the streams, and no SSRC is told.
  if (plan.streams.size() > 1) {
    for (const MediaPlan::Stream& stream : plan.streams) {
      section.rids.push_back({stream.rid, true});
      section.simulcast_send.push_back(stream.rid);
    }
    return;
  }
  const MediaPlan::Stream& stream = plan.streams.front();
  section.ssrc_attributes.push_back({stream.ssrc, "cname", cname});
  if (IsAudio(plan.role)) return;
  section.ssrc_groups.push_back({"FID", {stream.ssrc, stream.rtx_ssrc}});
  section.ssrc_attributes.push_back({stream.rtx_ssrc, "cname", cname});
}

void WriteRtp(const MediaPlan& plan, const std::string& cname, MediaDescription& section) {
  section.type = IsAudio(plan.role) ? MediaType::kAudio : MediaType::kVideo;
  section.type_name = IsAudio(plan.role) ? "audio" : "video";
  section.protocol = "UDP/TLS/RTP/SAVPF";
  section.direction = plan.stopped         ? Direction::kInactive
                      : IsTrack(plan.role) ? Direction::kSendOnly
                                           : Direction::kRecvOnly;
  section.rtcp_mux = true;
  section.rtcp_rsize = true;
  Offer(section, RtpExtension::kAbsSendTime, 2);
  Offer(section, RtpExtension::kTransportCc, 3);
  Offer(section, RtpExtension::kMid, 4);
  if (IsAudio(plan.role)) {
    Offer(section, RtpExtension::kAudioLevel, 1);
    section.formats.push_back(MakeFormat(kOpusPayloadType, "opus", 48'000, 2,
                                         "minptime=10;useinbandfec=1", {"transport-cc"}));
  } else {
    Offer(section, RtpExtension::kRid, 10);
    Offer(section, RtpExtension::kRepairedRid, 11);
    if (plan.dependency_descriptor) Offer(section, RtpExtension::kDependencyDescriptor, 8);
    if (plan.layers_allocation) Offer(section, RtpExtension::kVideoLayersAllocation, 9);
    for (const Codec codec : plan.codecs) {
      const VideoFormat* format = FindVideoFormat(codec);
      if (format == nullptr) continue;
      section.formats.push_back(MakeFormat(
          format->payload_type, std::string(format->name), 90'000, 1, std::string(format->fmtp),
          {"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"}));
      section.formats.push_back(MakeFormat(format->rtx, "rtx", 90'000, 1,
                                           "apt=" + std::to_string(format->payload_type), {}));
    }
  }
  if (IsTrack(plan.role) && !plan.stopped) WriteStreams(plan, cname, section);
}

const MediaDescription* FindFirstAccepted(const SessionDescription& answer) {
  const auto it = std::find_if(answer.media.begin(), answer.media.end(),
                               [](const MediaDescription& m) { return m.port != 0; });
  return it == answer.media.end() ? nullptr : &*it;
}

const RtpFormat* FindFormat(const MediaDescription& section, uint8_t payload_type) {
  for (const RtpFormat& format : section.formats) {
    if (format.payload_type.value() == payload_type) return &format;
  }
  return nullptr;
}

std::vector<RtpStreamConfig> ReadTrack(const MediaPlan& plan, const LocalSide& local,
                                       const MediaDescription& section) {
  const bool audio = IsAudio(plan.role);
  const VideoFormat* video = plan.codecs.empty() ? nullptr : FindVideoFormat(plan.codecs.front());
  if (!audio && video == nullptr) return {};
  const uint8_t payload_type = audio ? kOpusPayloadType : video->payload_type;
  if (FindFormat(section, payload_type) == nullptr) return {};
  const bool rtx = !audio && FindFormat(section, video->rtx) != nullptr;
  std::vector<RtpStreamConfig> out;
  for (const MediaPlan::Stream& stream : plan.streams) {
    const bool simulcast = plan.streams.size() > 1;
    const bool taken = std::find(section.simulcast_recv.begin(), section.simulcast_recv.end(),
                                 stream.rid) != section.simulcast_recv.end();
    // RFC 8853 §5.3.2: without simulcast in the answer the first stream is sent alone.
    if (simulcast && !taken && !(section.simulcast_recv.empty() && out.empty())) continue;
    RtpStreamConfig config;
    config.ssrc = stream.ssrc;
    config.payload_type = PayloadType(payload_type);
    if (rtx) {
      config.rtx_ssrc = stream.rtx_ssrc;
      config.rtx_payload_type = PayloadType(video->rtx);
    }
    config.clock_rate = audio ? 48'000 : 90'000;
    config.mid = *Mid::From(plan.mid);
    if (simulcast) config.rid = stream.rid;
    config.extensions = ReadExtensions(section);
    config.cname = local.cname;
    out.push_back(std::move(config));
  }
  return out;
}

absl::StatusOr<AnsweredMedia> ReadMedia(const MediaPlan& plan, const LocalSide& local,
                                        const MediaDescription& section) {
  AnsweredMedia out{.accepted = section.port != 0};
  if (!out.accepted || plan.role == Role::kData) return out;
  if (IsTrack(plan.role) && Receives(section.direction)) {
    out.send = ReadTrack(plan, local, section);
    if (out.send.empty()) return absl::InvalidArgumentError("no codec for the track " + plan.mid);
  } else if (!IsTrack(plan.role) && Sends(section.direction)) {
    out.slot = ReadSlot(section, plan.codecs);
    if (!out.slot) return absl::InvalidArgumentError("no codec for the slot " + plan.mid);
  }
  return out;
}

}  // namespace

void WriteCandidate(const SocketAddress& address, MediaDescription& section) {
  // RFC 8445 §5.1.2.1: the only host candidate.
  constexpr uint32_t kPriority = 126U << 24 | 65'535U << 8 | 255;
  section.candidates = {{.foundation = "1",
                         .protocol = CandidateProtocol::kUdp,
                         .priority = kPriority,
                         .address = address.ip.ToText(),
                         .port = address.port}};
  section.end_of_candidates = true;
}

SessionDescription WriteOffer(const LocalSide& local, const std::vector<MediaPlan>& media) {
  SessionDescription offer;
  offer.session_id = local.session_id;
  offer.session_version = local.session_version;
  offer.extmap_allow_mixed = true;
  auto& bundle = offer.bundle_groups.emplace_back();
  for (const MediaPlan& plan : media) {
    bundle.push_back(plan.mid);
    MediaDescription& section = offer.media.emplace_back();
    section.mid = plan.mid;
    section.transport = {.ice_ufrag = local.ice.ufrag,
                         .ice_pwd = local.ice.pwd,
                         .fingerprints = {local.fingerprint},
                         .setup = DtlsSetup::kActpass};
    if (plan.role == Role::kData) {
      section.type = MediaType::kApplication;
      section.type_name = "application";
      section.protocol = "UDP/DTLS/SCTP";
      section.format_tokens = {"webrtc-datachannel"};
      section.sctp.max_message_size = 262'144;
    } else {
      WriteRtp(plan, local.cname, section);
    }
  }
  if (local.address && !offer.media.empty()) WriteCandidate(*local.address, offer.media.front());
  return offer;
}

absl::StatusOr<ReadAnswer> InterpretAnswer(std::string_view answer, const LocalSide& local,
                                           const std::vector<MediaPlan>& media) {
  const auto parsed = ParseSessionDescription(answer);
  if (!parsed) return absl::InvalidArgumentError("answer: " + parsed.error().ToString());
  if (parsed->media.size() != media.size()) {
    return absl::InvalidArgumentError("the answer has another number of m-lines than the offer");
  }
  const MediaDescription* first = FindFirstAccepted(*parsed);
  if (first == nullptr) return absl::InvalidArgumentError("the answer rejects every m-line");
  auto remote = ReadTransport(*parsed, *first);
  if (!remote.ok()) {
    return absl::InvalidArgumentError("answer: " + std::string(remote.status().message()));
  }
  // RFC 5763 §5: who is asked, decides.
  if (parsed->TransportOf(*first).setup == DtlsSetup::kActpass) {
    return absl::InvalidArgumentError("the answer's a=setup is neither active nor passive");
  }
  ReadAnswer out{.remote = *std::move(remote),
                 .candidates = ReadCandidates(*parsed),
                 .may_trickle = MayTrickle(*parsed),
                 .media = {}};
  for (std::size_t i = 0; i < media.size(); ++i) {
    if (parsed->media[i].mid != media[i].mid) {
      return absl::InvalidArgumentError("the answer's m-lines have other mids than the offer's");
    }
    auto section = ReadMedia(media[i], local, parsed->media[i]);
    if (!section.ok()) return section.status();
    out.media.push_back(*std::move(section));
  }
  return out;
}

}  // namespace stellwerk::synthetic
