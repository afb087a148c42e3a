#include "transport/srtp/srtp_receiver.h"

#include <optional>

#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

constexpr std::size_t kHmacSha1TagSize = 10;

// RFC 7714 §9.2 puts the SRTCP index last; RFC 3711 §3.4 puts it before the tag.
std::size_t TagAfterIndex(SrtpProfile profile) {
  return profile == SrtpProfile::kAes128CmSha1_80 ? kHmacSha1TagSize : 0;
}

std::optional<DropReason> Refusal(const PacketWindow& window, uint64_t index) {
  switch (window.Check(index)) {
    case PacketWindow::Verdict::kUsed:
      return DropReason::kSrtpReplayed;
    case PacketWindow::Verdict::kTooOld:
      return DropReason::kSrtpTooOld;
    case PacketWindow::Verdict::kNew:
      break;
  }
  return std::nullopt;
}

}  // namespace

SrtpReceiver::SrtpReceiver(const SrtpKeys& keys)
    : profile_(keys.profile), protector_(MakeProtector(keys, SrtpDirection::kReceive)) {}
SrtpReceiver::~SrtpReceiver() = default;
SrtpReceiver::SrtpReceiver(SrtpReceiver&&) noexcept = default;
SrtpReceiver& SrtpReceiver::operator=(SrtpReceiver&&) noexcept = default;

Expected<SrtpReceiver::Place, DropReason> SrtpReceiver::PlaceOfRtp(
    std::span<const uint8_t> packet) {
  const auto identity = RtpIdentityOf(packet);
  if (!identity) return Unexpected(DropReason::kMalformed);
  SrtpReceiveState* known = streams_.Find(identity->ssrc);
  if (known == nullptr && streams_.size() >= kMaxStreams) {
    return Unexpected(DropReason::kUnknownStream);
  }
  const auto newest = known != nullptr && known->rtp.started()
                          ? std::optional<uint64_t>(known->rtp.newest())
                          : std::nullopt;
  const auto index = EstimateSrtpIndex(newest, identity->sequence_number);
  if (!index) return Unexpected(DropReason::kSrtpTooOld);
  if (known != nullptr) {
    if (const auto refusal = Refusal(known->rtp, *index)) return Unexpected(*refusal);
  }
  return Place{.ssrc = identity->ssrc, .index = *index, .known = known};
}

Expected<SrtpReceiver::Place, DropReason> SrtpReceiver::PlaceOfRtcp(
    std::span<const uint8_t> packet) {
  const auto ssrc = RtcpSenderOf(packet);
  if (!ssrc) return Unexpected(DropReason::kMalformed);
  const auto index = SrtcpIndexOf(packet, TagAfterIndex(profile_));
  if (!index) return Unexpected(DropReason::kTruncated);
  SrtpReceiveState* known = streams_.Find(*ssrc);
  if (known == nullptr && streams_.size() >= kMaxStreams) {
    return Unexpected(DropReason::kUnknownStream);
  }
  if (known != nullptr) {
    if (const auto refusal = Refusal(known->rtcp, *index)) return Unexpected(*refusal);
  }
  return Place{.ssrc = *ssrc, .index = *index, .known = known};
}

Expected<std::size_t, DropReason> SrtpReceiver::UnprotectRtp(std::span<uint8_t> packet) {
  const auto place = PlaceOfRtp(packet);
  if (!place) return Unexpected(place.error());
  auto size = protector_->UnprotectRtp(packet, packet.size(), place->index);
  // RFC 3711 §3.3 step 7: the window moves only for what was authentic.
  if (size) StateAt(*place).rtp.Use(place->index);
  return size;
}

Expected<std::size_t, DropReason> SrtpReceiver::SkipRtp(std::span<const uint8_t> packet) {
  const auto place = PlaceOfRtp(packet);
  if (!place) return Unexpected(place.error());
  StateAt(*place).rtp.Use(place->index);
  return packet.size();
}

Expected<std::size_t, DropReason> SrtpReceiver::UnprotectRtcp(std::span<uint8_t> packet) {
  const auto place = PlaceOfRtcp(packet);
  if (!place) return Unexpected(place.error());
  auto size = protector_->UnprotectRtcp(packet, packet.size());
  if (size) StateAt(*place).rtcp.Use(place->index);
  return size;
}

}  // namespace stellwerk
