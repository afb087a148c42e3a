#include "transport/dtls/dtls_session.h"

#include <utility>

#include "transport/dtls/dtls_connection.h"

namespace stellwerk {

DtlsSession::DtlsSession(const DtlsIdentity& identity, DtlsRole role,
                         std::optional<Fingerprint> remote_fingerprint, DtlsOptions options)
    : connection_(
          std::make_unique<Connection>(identity, role, std::move(remote_fingerprint), options)) {}
DtlsSession::~DtlsSession() = default;
DtlsSession::DtlsSession(DtlsSession&&) noexcept = default;
DtlsSession& DtlsSession::operator=(DtlsSession&&) noexcept = default;

void DtlsSession::SetRemoteFingerprint(Timestamp now, const Fingerprint& fingerprint,
                                       DtlsOutput& out) {
  connection_->SetRemoteFingerprint(now, fingerprint, out);
}
void DtlsSession::Start(Timestamp now, DtlsOutput& out) { connection_->Start(now, out); }
void DtlsSession::HandleDatagram(Timestamp now, std::span<const uint8_t> datagram,
                                 DtlsOutput& out) {
  connection_->HandleDatagram(now, datagram, out);
}
void DtlsSession::HandleTimeout(Timestamp now, DtlsOutput& out) {
  connection_->HandleTimeout(now, out);
}
Timestamp DtlsSession::NextTimeout() const { return connection_->next_timeout(); }

Expected<std::monostate, DropReason> DtlsSession::SendApplicationData(std::span<const uint8_t> data,
                                                                      DtlsOutput& out) {
  return connection_->Send(data, out);
}
void DtlsSession::Close(DtlsOutput& out) { connection_->Close(out); }
void DtlsSession::Release() { connection_->Release(); }
bool DtlsSession::released() const { return connection_->released(); }

DtlsState DtlsSession::state() const { return connection_->state(); }
const std::string& DtlsSession::failure_reason() const { return connection_->failure_reason(); }
DtlsRole DtlsSession::role() const { return connection_->role(); }
std::optional<SrtpKeyPair> DtlsSession::ExportSrtpKeys() const {
  return connection_->ExportSrtpKeys();
}

}  // namespace stellwerk
