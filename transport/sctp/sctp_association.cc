#include "transport/sctp/sctp_association.h"

#include "transport/sctp/sctp_association_core.h"

namespace stellwerk {

SctpAssociation::SctpAssociation(SctpStack& stack, const SctpConfig& config)
    : core_(std::make_unique<Core>(stack, config)) {}
SctpAssociation::~SctpAssociation() = default;

void SctpAssociation::Connect(Timestamp now, SctpOutput& out) { core_->Connect(now, out); }
void SctpAssociation::HandlePacket(Timestamp now, std::span<const uint8_t> packet,
                                   SctpOutput& out) {
  core_->HandlePacket(now, packet, out);
}
void SctpAssociation::HandleTimeout(Timestamp now, SctpOutput& out) {
  core_->HandleTimeout(now, out);
}
Timestamp SctpAssociation::NextTimeout() const { return core_->next_timeout(); }

Expected<StreamId, DropReason> SctpAssociation::OpenChannel(Timestamp now,
                                                            const DataChannelParameters& parameters,
                                                            SctpOutput& out) {
  return core_->OpenChannel(now, parameters, out);
}
Expected<std::monostate, DropReason> SctpAssociation::Send(Timestamp now, StreamId stream,
                                                           bool is_binary,
                                                           std::span<const uint8_t> bytes,
                                                           SctpOutput& out) {
  return core_->Send(now, stream, is_binary, bytes, out);
}
void SctpAssociation::CloseChannel(Timestamp now, StreamId stream, SctpOutput& out) {
  core_->CloseChannel(now, stream, out);
}
void SctpAssociation::Abort(SctpOutput& out) { core_->Abort(out); }
bool SctpAssociation::is_up() const { return core_->is_up(); }
std::size_t SctpAssociation::queued_bytes() const { return core_->queued_bytes(); }

}  // namespace stellwerk
