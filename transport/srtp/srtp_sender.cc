#include "transport/srtp/srtp_sender.h"

#include <optional>

#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

constexpr uint32_t kMaxSrtcpIndex = 0x7FFF'FFFF;

bool HasRoom(std::span<const uint8_t> buffer, std::size_t size, std::size_t overhead) {
  return size <= buffer.size() && buffer.size() - size >= overhead;
}

}  // namespace

SrtpSender::SrtpSender(const SrtpKeys& keys)
    : rtp_overhead_(SizesOf(keys.profile).rtp_overhead),
      rtcp_overhead_(SizesOf(keys.profile).rtcp_overhead),
      protector_(MakeProtector(keys, SrtpDirection::kSend)),
      gains_in_batches_(protector_->lanes() != nullptr) {}
SrtpSender::~SrtpSender() = default;
SrtpSender::SrtpSender(SrtpSender&&) noexcept = default;
SrtpSender& SrtpSender::operator=(SrtpSender&&) noexcept = default;

Expected<uint64_t, DropReason> SrtpSender::TakeIndex(std::span<const uint8_t> buffer,
                                                     std::size_t size) {
  if (!HasRoom(buffer, size, rtp_overhead_)) return Unexpected(DropReason::kTooLarge);
  const auto identity = RtpIdentityOf(buffer.first(size));
  if (!identity) return Unexpected(DropReason::kMalformed);
  PacketWindow& window = streams_.FindOrAdd(identity->ssrc).rtp;
  const auto newest = window.started() ? std::optional<uint64_t>(window.newest()) : std::nullopt;
  const auto index = EstimateSrtpIndex(newest, identity->sequence_number);
  if (!index) return Unexpected(DropReason::kSrtpTooOld);
  switch (window.Check(*index)) {
    case PacketWindow::Verdict::kUsed:
      return Unexpected(DropReason::kDuplicate);
    case PacketWindow::Verdict::kTooOld:
      return Unexpected(DropReason::kSrtpTooOld);
    case PacketWindow::Verdict::kNew:
      break;
  }
  // Before, not after: whatever becomes of the attempt, the index is spent.
  window.Use(*index);
  return *index;
}

Expected<std::size_t, DropReason> SrtpSender::ProtectRtp(std::span<uint8_t> buffer,
                                                         std::size_t size) {
  const auto index = TakeIndex(buffer, size);
  if (!index) return Unexpected(index.error());
  return protector_->ProtectRtp(buffer, size, *index);
}

Expected<ProtectJob, DropReason> SrtpSender::PrepareRtp(std::span<uint8_t> buffer,
                                                        std::size_t size) {
  const auto index = TakeIndex(buffer, size);
  if (!index) return Unexpected(index.error());
  return ProtectJob{.protector = protector_.get(), .buffer = buffer, .size = size, .index = *index};
}

Expected<std::size_t, DropReason> SrtpSender::ProtectRtcp(std::span<uint8_t> buffer,
                                                          std::size_t size) {
  if (!HasRoom(buffer, size, rtcp_overhead_)) return Unexpected(DropReason::kTooLarge);
  const auto ssrc = RtcpSenderOf(buffer.first(size));
  if (!ssrc) return Unexpected(DropReason::kMalformed);
  uint32_t& next = streams_.FindOrAdd(*ssrc).next_rtcp_index;
  // RFC 3711 §9.2: at most 2^31 SRTCP packets under one key.
  if (next > kMaxSrtcpIndex) return Unexpected(DropReason::kSrtpTooOld);
  return protector_->ProtectRtcp(buffer, size, next++);
}

bool SrtpSender::WasUsed(Ssrc ssrc) const {
  const SrtpSendState* stream = streams_.Find(ssrc);
  return stream != nullptr && stream->rtp.started();
}

}  // namespace stellwerk
