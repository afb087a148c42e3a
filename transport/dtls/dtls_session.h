#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

// What a session wants sent, and what it decrypted. Appended to, in order.
struct DtlsOutput {
  std::vector<std::vector<uint8_t>> datagrams;         // each at most kDtlsMtu bytes
  std::vector<std::vector<uint8_t>> application_data;  // one entry per record: SCTP packets
};

// The largest datagram that we make: below every path MTU that WebRTC meets, with room for TURN.
inline constexpr std::size_t kDtlsMtu = 1200;

enum class DtlsState : uint8_t {
  kNew,
  kHandshaking,  // also: handshake done, but the remote fingerprint is not known yet
  kConnected,
  kFailed,  // for good; failure_reason() says why
  kClosed,  // by close_notify of either side
};

struct DtlsOptions {
  // Refuse a peer that does not negotiate SRTP (RFC 5764). Off only for sessions that carry data
  // channels alone.
  bool require_srtp = true;
};

// One DTLS 1.2 session over datagrams that the caller carries (RFC 6347, RFC 5764). Sans-IO apart
// from one thing: OpenSSL's retransmission timer reads the wall clock, so NextTimeout() is an
// estimate, and HandleTimeout() does nothing if it came early.
class DtlsSession {
 public:
  // The remote fingerprint may come later (SetRemoteFingerprint): until then the handshake runs,
  // but does not finish.
  DtlsSession(const DtlsIdentity& identity, DtlsRole role,
              std::optional<Fingerprint> remote_fingerprint = std::nullopt,
              DtlsOptions options = {});
  ~DtlsSession();
  DtlsSession(DtlsSession&&) noexcept;
  DtlsSession& operator=(DtlsSession&&) noexcept;

  // RFC 8122: what the peer's certificate must hash to. Only the first call counts.
  void SetRemoteFingerprint(Timestamp now, const Fingerprint& fingerprint, DtlsOutput& out);
  // A client sends its ClientHello; a server does nothing. Only the first call counts.
  void Start(Timestamp now, DtlsOutput& out);
  void HandleDatagram(Timestamp now, std::span<const uint8_t> datagram, DtlsOutput& out);
  void HandleTimeout(Timestamp now, DtlsOutput& out);
  [[nodiscard]] Timestamp NextTimeout() const;

  // One record. kDtlsNotReady before kConnected, kClosed after it and after Release(), kTooLarge if
  // it can't fit a datagram of kDtlsMtu.
  Expected<std::monostate, DropReason> SendApplicationData(std::span<const uint8_t> data,
                                                           DtlsOutput& out);
  // Sends close_notify.
  void Close(DtlsOutput& out);
  // Gives back nearly all memory of a connected session (60 kB). From then on it carries no data
  // and repeats no handshake message, but it still takes the peer's alerts and can close. Nothing
  // in any other state.
  void Release();
  [[nodiscard]] bool released() const;

  [[nodiscard]] DtlsState state() const;
  // Empty unless kFailed. No addresses, no key material.
  [[nodiscard]] const std::string& failure_reason() const;
  [[nodiscard]] DtlsRole role() const;
  // Keys for both directions; nullopt before kConnected, after Release(), or if SRTP was not
  // negotiated.
  [[nodiscard]] std::optional<SrtpKeyPair> ExportSrtpKeys() const;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace stellwerk
