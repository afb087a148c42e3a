#include "bench/sim/invitation.h"

#include <cstddef>
#include <utility>

namespace stellwerk::synthetic {
namespace {

void WriteFormats(const CodecParameters& codec, MediaDescription& section) {
  RtpFormat& format = section.formats.emplace_back();
  format.payload_type = codec.payload_type;
  format.name = codec.codec == Codec::kOpus ? "opus" : "VP8";
  format.clock_rate = codec.clock_rate;
  format.channels = codec.channels;
  format.fmtp = codec.fmtp;
  format.feedback = {"transport-cc"};
  if (codec.nack) format.feedback.emplace_back("nack");
  if (codec.pli) format.feedback.emplace_back("nack pli");
  if (!codec.rtx_payload_type) return;
  RtpFormat& rtx = section.formats.emplace_back();
  rtx.payload_type = *codec.rtx_payload_type;
  rtx.name = "rtx";
  rtx.clock_rate = codec.clock_rate;
  rtx.fmtp = "apt=" + std::to_string(codec.payload_type.value());
}

void WriteSsrcs(const ConsumerParameters& slot, MediaDescription& section) {
  section.ssrc_attributes.push_back({slot.ssrc, "cname", slot.cname});
  if (!slot.rtx_ssrc) return;
  section.ssrc_attributes.push_back({*slot.rtx_ssrc, "cname", slot.cname});
  section.ssrc_groups.push_back({"FID", {slot.ssrc, *slot.rtx_ssrc}});
}

}  // namespace

ConsumerParameters InvitedSlot(MediaKind kind, const std::string& mid, Ssrc ssrc, bool with_mid) {
  ConsumerParameters slot;
  slot.kind = kind;
  slot.mid = *Mid::From(mid);
  slot.ssrc = ssrc;
  slot.cname = "sfu";
  slot.extensions.Set(RtpExtension::kTransportCc, ExtensionId(5));
  if (with_mid) slot.extensions.Set(RtpExtension::kMid, ExtensionId(1));
  CodecParameters& codec = slot.codecs.emplace_back();
  codec.transport_cc = true;
  if (kind == MediaKind::kAudio) {
    codec.codec = Codec::kOpus;
    codec.payload_type = PayloadType(109);
    codec.clock_rate = 48'000;
    codec.channels = 2;
    return slot;
  }
  slot.rtx_ssrc = Ssrc(ssrc.value() + 1);
  codec.codec = Codec::kVp8;
  codec.payload_type = PayloadType(120);
  codec.rtx_payload_type = PayloadType(121);
  codec.nack = true;
  codec.pli = true;
  return slot;
}

SessionDescription WriteInvitation(const Invitation& invitation,
                                   const InvitationTransport& transport, uint64_t version) {
  SessionDescription offer;
  offer.session_id = 1;
  offer.session_version = version;
  offer.ice_lite = true;
  auto& bundle = offer.bundle_groups.emplace_back();
  for (const ConsumerParameters& slot : invitation.slots) {
    MediaDescription& section = offer.media.emplace_back();
    section.type = slot.kind == MediaKind::kAudio ? MediaType::kAudio : MediaType::kVideo;
    section.type_name = slot.kind == MediaKind::kAudio ? "audio" : "video";
    section.protocol = "UDP/TLS/RTP/SAVPF";
    section.mid = slot.mid.view();
    bundle.push_back(section.mid);
    section.direction = Direction::kSendOnly;
    section.transport = {.ice_ufrag = transport.ice.ufrag,
                         .ice_pwd = transport.ice.pwd,
                         .fingerprints = {transport.fingerprint},
                         .setup = invitation.setup};
    section.candidates = {transport.candidate};
    section.rtcp_mux = true;
    for (std::size_t i = 0; i < kRtpExtensionCount; ++i) {
      const ExtensionId id = slot.extensions.IdOf(static_cast<RtpExtension>(i));
      if (id.value() == 0) continue;
      section.extensions.push_back(
          {.id = id.value(), .direction = std::nullopt, .uri = std::string(kRtpExtensionUris[i])});
    }
    for (const CodecParameters& codec : slot.codecs) WriteFormats(codec, section);
    if (invitation.announce_ssrcs) WriteSsrcs(slot, section);
  }
  return offer;
}

}  // namespace stellwerk::synthetic
