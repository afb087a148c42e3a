#include "transport/dtls/dtls_connection.h"

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "rtc/base/check.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMaxHeldDatagrams = 16;
// RFC 6347 §4.1: record header 13, explicit nonce 8, tag 16 bytes. All ciphers that we take are
// AEAD.
constexpr std::size_t kMaxRecordOverhead = 37;
// The largest plaintext of a record (RFC 5246 §6.2.1).
constexpr std::size_t kMaxRecord = 16'384;
// RFC 5764 §4.2.
constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";

// In microseconds. RFC 6347 §4.2.4.1 suggests 1 s at first, for paths that nobody has measured;
// ours has just answered an ICE check, and one lost datagram should not cost the caller a second.
// OpenSSL gives up after 12 retransmissions, here about half a minute.
unsigned int RetransmissionTimeout(SSL*, unsigned int previous_us) {
  constexpr unsigned int kFirst = 100'000;
  constexpr unsigned int kLast = 4'000'000;
  return previous_us == 0 ? kFirst : std::min(previous_us * 2, kLast);
}

std::string_view NameOf(DtlsState state) {
  return state == DtlsState::kConnected ? "connection" : "handshake";
}

}  // namespace

DtlsSession::Connection::Connection(const DtlsIdentity& identity, DtlsRole role,
                                    std::optional<Fingerprint> fingerprint, DtlsOptions options)
    : role_(role), options_(options), peer_{std::move(fingerprint)} {
  ERR_clear_error();
  ssl_.reset(SSL_new(identity.context()));
  STELLWERK_CHECK(ssl_ != nullptr);
  BIO* bio = NewDatagramBio(&bio_);
  STELLWERK_CHECK(bio != nullptr);
  SSL_set_bio(ssl_.get(), bio, bio);  // takes the one reference for both
  SSL_set_app_data(ssl_.get(), &peer_);
  SSL_set_mtu(ssl_.get(), kDtlsMtu);
  DTLS_set_timer_cb(ssl_.get(), &RetransmissionTimeout);
  if (role == DtlsRole::kServer) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

DtlsSession::Connection::~Connection() = default;

void DtlsSession::Connection::SetRemoteFingerprint(Timestamp now, const Fingerprint& fingerprint,
                                                   DtlsOutput& out) {
  if (peer_.expected) return;
  peer_.expected = fingerprint;
  if (state_ != DtlsState::kHandshaking || SSL_is_init_finished(ssl_.get()) != 1) return;
  Drive({}, out);
  UpdateTimer(now);
  for (const auto held = std::exchange(held_, {}); const auto& datagram : held) {
    HandleDatagram(now, datagram, out);
  }
}

void DtlsSession::Connection::Start(Timestamp now, DtlsOutput& out) {
  if (state_ != DtlsState::kNew) return;
  if (role_ == DtlsRole::kServer) return;
  state_ = DtlsState::kHandshaking;
  Drive({}, out);
  UpdateTimer(now);
}

void DtlsSession::Connection::HandleDatagram(Timestamp now, std::span<const uint8_t> datagram,
                                             DtlsOutput& out) {
  if (is_over() || datagram.empty()) return;
  if (state_ == DtlsState::kNew) {
    if (role_ == DtlsRole::kClient) return;  // nobody answers what was not asked
    state_ = DtlsState::kHandshaking;
  }
  if (released()) return TakeAlert(datagram);
  const bool waits_for_fingerprint =
      state_ == DtlsState::kHandshaking && SSL_is_init_finished(ssl_.get()) == 1;
  if (waits_for_fingerprint) {
    if (held_.size() < kMaxHeldDatagrams) held_.emplace_back(datagram.begin(), datagram.end());
    return;
  }
  Drive(datagram, out);
  UpdateTimer(now);
}

void DtlsSession::Connection::HandleTimeout(Timestamp now, DtlsOutput& out) {
  if (is_over() || released() || now < next_timeout_) return;
  ERR_clear_error();
  bio_.outgoing = &out.datagrams;
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) Fail("handshake timed out");
  bio_.outgoing = nullptr;
  UpdateTimer(now);
}

Expected<std::monostate, DropReason> DtlsSession::Connection::Send(std::span<const uint8_t> data,
                                                                   DtlsOutput& out) {
  if (is_over() || released()) return Unexpected(DropReason::kClosed);
  if (state_ != DtlsState::kConnected) return Unexpected(DropReason::kDtlsNotReady);
  if (data.size() > kDtlsMtu - kMaxRecordOverhead) return Unexpected(DropReason::kTooLarge);
  if (data.empty()) return std::monostate();
  ERR_clear_error();
  bio_.outgoing = &out.datagrams;
  const int written = SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  bio_.outgoing = nullptr;
  if (written <= 0) {
    ERR_clear_error();
    return Unexpected(DropReason::kDtlsFailed);
  }
  return std::monostate();
}

void DtlsSession::Connection::Close(DtlsOutput& out) {
  if (is_over()) return;
  ERR_clear_error();
  if (released()) {
    if (auto record = alerts_->CloseNotify(); !record.empty())
      out.datagrams.push_back(std::move(record));
  } else if (SSL_is_init_finished(ssl_.get()) == 1) {
    bio_.outgoing = &out.datagrams;
    SSL_shutdown(ssl_.get());
    bio_.outgoing = nullptr;
  }
  ERR_clear_error();
  state_ = DtlsState::kClosed;
  next_timeout_ = kNever;
}

void DtlsSession::Connection::Release() {
  if (state_ != DtlsState::kConnected || released()) return;
  alerts_ = AlertRecords::Of(ssl_.get(), role_);
  if (alerts_ == nullptr) return;
  ssl_.reset();
  next_timeout_ = kNever;
}

void DtlsSession::Connection::TakeAlert(std::span<const uint8_t> datagram) {
  const auto alert = alerts_->Read(datagram);
  if (!alert) return;
  if (alert->description == DtlsAlert::kCloseNotify) {
    state_ = DtlsState::kClosed;
  } else if (alert->level == DtlsAlert::kFatal) {
    Fail("connection: fatal alert " + std::to_string(alert->description) + " of the peer");
  }
}

std::optional<SrtpKeyPair> DtlsSession::Connection::ExportSrtpKeys() const {
  if (state_ != DtlsState::kConnected || released()) return std::nullopt;
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_.get());
  if (chosen == nullptr) return std::nullopt;
  SrtpKeyPair pair;
  pair.local.profile = pair.remote.profile = static_cast<SrtpProfile>(chosen->id);
  const auto [key, salt, rtp_overhead, rtcp_overhead] = SizesOf(pair.local.profile);

  // RFC 5764 §4.2: client key, server key, client salt, server salt.
  std::array<uint8_t, 2 * (32 + 14)> material{};
  const std::size_t size = 2 * (key + salt);
  if (size == 0 ||
      SSL_export_keying_material(ssl_.get(), material.data(), size, kExporterLabel.data(),
                                 kExporterLabel.size(), nullptr, 0, 0) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  SrtpKeys& client = role_ == DtlsRole::kClient ? pair.local : pair.remote;
  SrtpKeys& server = role_ == DtlsRole::kClient ? pair.remote : pair.local;
  const uint8_t* next = material.data();
  const auto take = [&next](auto& field, std::size_t count) {
    std::copy_n(next, count, field.begin());
    next += count;
  };
  take(client.key, key);
  take(server.key, key);
  take(client.salt, salt);
  take(server.salt, salt);
  OPENSSL_cleanse(material.data(), material.size());
  return pair;
}

void DtlsSession::Connection::Drive(std::span<const uint8_t> datagram, DtlsOutput& out) {
  ERR_clear_error();
  bio_.incoming = datagram;
  bio_.outgoing = &out.datagrams;
  if (SSL_is_init_finished(ssl_.get()) != 1) Handshake();
  if (state_ == DtlsState::kHandshaking && SSL_is_init_finished(ssl_.get()) == 1) Conclude();
  if (state_ == DtlsState::kConnected) ReadApplicationData(out);
  bio_.incoming = {};
  bio_.outgoing = nullptr;
  ERR_clear_error();
}

void DtlsSession::Connection::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  const bool rejected = SSL_get_verify_result(ssl_.get()) == X509_V_ERR_CERT_REJECTED;
  Fail(rejected ? "certificate does not match the fingerprint that was signalled"
                : "handshake: " + TakeOpensslError());
}

void DtlsSession::Connection::Conclude() {
  if (!peer_.expected) return;
  const X509Owner certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (!MatchesFingerprint(certificate.get(), *peer_.expected)) {
    SSL_shutdown(ssl_.get());
    return Fail("certificate does not match the fingerprint that was signalled");
  }
  if (options_.require_srtp && SSL_get_selected_srtp_profile(ssl_.get()) == nullptr) {
    // RFC 5764 §4.1: without a common profile there are no keys to send media with.
    SSL_shutdown(ssl_.get());
    return Fail("peer negotiated no SRTP profile (use_srtp) that we have");
  }
  state_ = DtlsState::kConnected;
}

void DtlsSession::Connection::ReadApplicationData(DtlsOutput& out) {
  std::array<uint8_t, kMaxRecord> record;
  while (true) {
    const int size = SSL_read(ssl_.get(), record.data(), static_cast<int>(record.size()));
    if (size > 0) {
      out.application_data.emplace_back(record.begin(), record.begin() + size);
      continue;
    }
    switch (SSL_get_error(ssl_.get(), size)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return;
      case SSL_ERROR_ZERO_RETURN:
        state_ = DtlsState::kClosed;
        return;
      default:
        return Fail(std::string(NameOf(state_)) + ": " + TakeOpensslError());
    }
  }
}

void DtlsSession::Connection::Fail(std::string reason) {
  state_ = DtlsState::kFailed;
  failure_reason_ = std::move(reason);
  held_.clear();
}

void DtlsSession::Connection::UpdateTimer(Timestamp now) {
  timeval left{};
  const bool runs = !is_over() && DTLSv1_get_timeout(ssl_.get(), &left) == 1;
  next_timeout_ = kNever;
  if (runs) {
    next_timeout_ =
        now + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  }
}

}  // namespace stellwerk
