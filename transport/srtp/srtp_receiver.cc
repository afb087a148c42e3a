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
    std::span<const uint8_t> packet) const {
  const auto identity = RtpIdentityOf(packet);
  if (!identity) return Unexpected(DropReason::kMalformed);
  const auto known = streams_.find(identity->ssrc);
  if (known == streams_.end() && streams_.size() >= kMaxStreams) {
    return Unexpected(DropReason::kUnknownStream);
  }
  static const PacketWindow kNothingYet;
  const PacketWindow& window = known == streams_.end() ? kNothingYet : known->second.rtp;
  const auto newest = window.started() ? std::optional<uint64_t>(window.newest()) : std::nullopt;
  const auto index = EstimateSrtpIndex(newest, identity->sequence_number);
  if (!index) return Unexpected(DropReason::kSrtpTooOld);
  if (const auto refusal = Refusal(window, *index)) return Unexpected(*refusal);
  return Place{.ssrc = identity->ssrc, .index = *index};
}

Expected<std::size_t, DropReason> SrtpReceiver::UnprotectRtp(std::span<uint8_t> packet) {
  const auto place = PlaceOfRtp(packet);
  if (!place) return Unexpected(place.error());
  auto size = protector_->UnprotectRtp(packet, packet.size(), place->index);
  // RFC 3711 §3.3 step 7: the window moves only for what was authentic.
  if (size) streams_[place->ssrc].rtp.Use(place->index);
  return size;
}

Expected<std::size_t, DropReason> SrtpReceiver::SkipRtp(std::span<const uint8_t> packet) {
  const auto place = PlaceOfRtp(packet);
  if (!place) return Unexpected(place.error());
  streams_[place->ssrc].rtp.Use(place->index);
  return packet.size();
}

Expected<std::size_t, DropReason> SrtpReceiver::UnprotectRtcp(std::span<uint8_t> packet) {
  const auto ssrc = RtcpSenderOf(packet);
  if (!ssrc) return Unexpected(DropReason::kMalformed);
  const auto index = SrtcpIndexOf(packet, TagAfterIndex(profile_));
  if (!index) return Unexpected(DropReason::kTruncated);
  const auto known = streams_.find(*ssrc);
  if (known == streams_.end() && streams_.size() >= kMaxStreams) {
    return Unexpected(DropReason::kUnknownStream);
  }
  if (known != streams_.end()) {
    if (const auto refusal = Refusal(known->second.rtcp, *index)) return Unexpected(*refusal);
  }
  auto size = protector_->UnprotectRtcp(packet, packet.size());
  if (size) streams_[*ssrc].rtcp.Use(*index);
  return size;
}

}  // namespace stellwerk
