#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "transport/srtp/packet_window.h"
#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"
#include "transport/srtp/stream_table.h"

namespace stellwerk {

// What is known of one SSRC of the peer. Trivially copyable.
struct SrtpReceiveState {
  PacketWindow rtp;
  PacketWindow rtcp;
};
static_assert(std::is_trivially_copyable_v<SrtpReceiveState>);

// Authenticates and decrypts what one transport receives: estimates the index, keeps the replay
// windows (RFC 3711 §3.3). Only a packet that was authentic changes any state.
class SrtpReceiver {
 public:
  // A peer with more SSRCs than this, RTX and RTCP included, is not served on the rest of them.
  static constexpr std::size_t kMaxStreams = 512;

  explicit SrtpReceiver(const SrtpKeys& keys);
  ~SrtpReceiver();
  SrtpReceiver(SrtpReceiver&&) noexcept;
  SrtpReceiver& operator=(SrtpReceiver&&) noexcept;

  // Decrypts the packet in place and returns the size of the plaintext. kSrtpAuthFailed,
  // kSrtpReplayed, kSrtpTooOld, kTruncated, kMalformed, kUnknownStream (too many SSRCs).
  Expected<std::size_t, DropReason> UnprotectRtp(std::span<uint8_t> packet);
  // For who only counts: marks the packet's index as received and returns its size as it is. The
  // same errors; but nothing is authenticated, so anybody may move the window.
  Expected<std::size_t, DropReason> SkipRtp(std::span<const uint8_t> packet);
  Expected<std::size_t, DropReason> UnprotectRtcp(std::span<uint8_t> packet);

 private:
  struct Place {
    Ssrc ssrc;
    uint64_t index = 0;
    SrtpReceiveState* known = nullptr;  // if there was a packet of this SSRC before
  };
  // Where a packet belongs, if it may still come.
  [[nodiscard]] Expected<Place, DropReason> PlaceOfRtp(std::span<const uint8_t> packet);
  [[nodiscard]] Expected<Place, DropReason> PlaceOfRtcp(std::span<const uint8_t> packet);
  // The state of the SSRC to which an authentic packet belongs.
  SrtpReceiveState& StateAt(const Place& place) {
    return place.known != nullptr ? *place.known : streams_.FindOrAdd(place.ssrc);
  }

  SrtpProfile profile_;  // the keys themselves are the protector's to keep, and to wipe
  std::unique_ptr<Protector> protector_;
  StreamTable<SrtpReceiveState> streams_;
};

}  // namespace stellwerk
