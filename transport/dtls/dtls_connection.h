#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "transport/dtls/alert_records.h"
#include "transport/dtls/datagram_bio.h"
#include "transport/dtls/dtls_session.h"
#include "transport/dtls/openssl_handles.h"
#include "transport/dtls/peer_certificate.h"

namespace stellwerk {

// The machinery behind a DtlsSession. It lies on the heap and stays there: OpenSSL holds pointers
// into it.
class DtlsSession::Connection {
 public:
  Connection(const DtlsIdentity& identity, DtlsRole role, std::optional<Fingerprint> fingerprint,
             DtlsOptions options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void SetRemoteFingerprint(Timestamp now, const Fingerprint& fingerprint, DtlsOutput& out);
  void Start(Timestamp now, DtlsOutput& out);
  void HandleDatagram(Timestamp now, std::span<const uint8_t> datagram, DtlsOutput& out);
  void HandleTimeout(Timestamp now, DtlsOutput& out);
  [[nodiscard]] Timestamp next_timeout() const { return next_timeout_; }
  Expected<std::monostate, DropReason> Send(std::span<const uint8_t> data, DtlsOutput& out);
  void Close(DtlsOutput& out);
  void Release();
  [[nodiscard]] bool released() const { return alerts_ != nullptr; }

  [[nodiscard]] DtlsState state() const { return state_; }
  [[nodiscard]] const std::string& failure_reason() const { return failure_reason_; }
  [[nodiscard]] DtlsRole role() const { return role_; }
  [[nodiscard]] std::optional<SrtpKeyPair> ExportSrtpKeys() const;

 private:
  void TakeAlert(std::span<const uint8_t> datagram);
  // Lets OpenSSL read the datagram, and takes what comes of it.
  void Drive(std::span<const uint8_t> datagram, DtlsOutput& out);
  void Handshake();
  // The handshake is through: is this the peer that signalling announced, and does it speak SRTP?
  void Conclude();
  void ReadApplicationData(DtlsOutput& out);
  void Fail(std::string reason);
  void UpdateTimer(Timestamp now);
  [[nodiscard]] bool is_over() const {
    return state_ == DtlsState::kFailed || state_ == DtlsState::kClosed;
  }

  DtlsRole role_;
  DtlsOptions options_;
  PeerCertificateCheck peer_;
  DatagramBioState bio_;
  SslOwner ssl_;                          // null once released
  std::unique_ptr<AlertRecords> alerts_;  // in its place
  DtlsState state_ = DtlsState::kNew;
  std::string failure_reason_;
  Timestamp next_timeout_ = kNever;
  // What the peer sent after its handshake was through, while we wait for its fingerprint. Bounded.
  std::vector<std::vector<uint8_t>> held_;
};

}  // namespace stellwerk
