#include "transport/session/session.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "rtc/base/deadline_grid.h"
#include "transport/ice/ice_controlling.h"
#include "transport/ice/ice_lite.h"
#include "transport/srtp/srtp_index.h"

namespace stellwerk {
namespace {

std::string_view NameOf(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "SRTP_AEAD_AES_256_GCM";
    case SrtpProfile::kAes128CmSha1_80:
      return "SRTP_AES128_CM_HMAC_SHA1_80";
  }
  return "";
}

}  // namespace

Session::Session(const SessionConfig& config, PacketPool& pool, Random& random,
                 const DtlsIdentity& identity, SctpStack& sctp_stack, Timestamp now)
    : id_(config.id), pool_(pool), identity_(identity), sctp_stack_(sctp_stack) {
  if (config.controlling) {
    auto agent = std::make_unique<IceControlling>(pool, random, config.local_ice,
                                                  config.candidate_pairs, now);
    controlling_ = agent.get();
    ice_ = std::move(agent);
    changes_.added = config.candidate_pairs;
  } else {
    ice_ = std::make_unique<IceLite>(pool, config.local_ice, now);
  }
}

Session::~Session() = default;

absl::Status Session::Connect(const RemoteTransportParameters& remote, Timestamp now,
                              TransportOutbox& out) {
  if (ended()) return absl::OkStatus();
  if (remote.sctp && sctp_ == nullptr && dtls_ && dtls_->released()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "transport ", id_.value(), ": data channels came more than ",
        kDtlsKeptAfterConnect / std::chrono::seconds(1),
        " s after the handshake, when its TLS state had been released; they need a new transport"));
  }
  const bool first = !remote_.has_value();
  if (first) {
    remote_ = remote;
    ice_->SetRemote(remote.ice, now);
    // A handshake that began before as server stays one, unless the peer turns out to be passive.
    if (!dtls_ || dtls_->role() != remote.our_role) StartDtls(remote.our_role);
    dtls_->SetRemoteFingerprint(now, remote.fingerprint, dtls_output_);
  }
  if (remote.sctp && sctp_ == nullptr) {
    sctp_ = std::make_unique<SctpAssociation>(
        sctp_stack_, SctpConfig{.dtls_role = dtls_->role(), .remote = *remote.sctp});
    release_dtls_at_ = kNever;
  }
  Progress(now, out);
  return absl::OkStatus();
}

void Session::StartDtls(DtlsRole role) {
  // Whether the peer may do without SRTP is not known yet: it may if data channels were negotiated
  // (UpdateState).
  dtls_.emplace(identity_, role, std::nullopt, DtlsOptions{.require_srtp = false});
}

void Session::RestartIce(const IceParameters& local, const IceParameters& remote, Timestamp now) {
  if (!ended()) ice_->Restart(local, remote, now, changes_);
}

absl::Status Session::AddCandidatePair(const Tuple& pair, Timestamp now) {
  if (controlling_ == nullptr)
    return absl::FailedPreconditionError("an ICE-lite session takes no candidate pairs");
  controlling_->AddPair(pair, now);
  changes_.added.push_back(pair);
  return absl::OkStatus();
}

void Session::Close(TransportOutbox& out) {
  if (ended() || !dtls_) return;
  dtls_->Close(dtls_output_);
  for (const auto& datagram : dtls_output_.datagrams) SendDatagram(pool_.Copy(datagram), out);
  dtls_output_.datagrams.clear();
}

void Session::HandleStun(Timestamp now, const Tuple& from, const StunMessage& message,
                         TransportOutbox& out) {
  if (ended()) return;
  ice_->HandleStun(now, from, message, changes_, out);
  Progress(now, out);
}

void Session::HandleDtls(Timestamp now, std::span<const uint8_t> datagram, TransportOutbox& out) {
  if (ended()) return;
  // A browser begins as soon as its check was answered, which may be before we were told its
  // fingerprint.
  if (!dtls_) StartDtls(DtlsRole::kServer);
  dtls_->HandleDatagram(now, datagram, dtls_output_);
  Progress(now, out);
}

void Session::HandleMedia(Timestamp now, Timestamp arrival, const Tuple& from, PacketRef packet,
                          bool is_rtcp, TransportOutbox& out) {
  if (!srtp_receiver_ || ended()) return out.drops.Count(DropReason::kDtlsNotReady);
  if (!packet.unique()) packet = pool_.Copy(packet.bytes());
  const std::size_t wire_size = packet.size();
  const bool counted = !is_rtcp && IsCountOnly(packet.bytes());
  const auto size = is_rtcp   ? srtp_receiver_->UnprotectRtcp(packet.mutable_bytes())
                    : counted ? srtp_receiver_->SkipRtp(packet.bytes())
                              : srtp_receiver_->UnprotectRtp(packet.mutable_bytes());
  if (!size) {
    if (!is_rtcp && size.error() == DropReason::kSrtpReplayed) ++packets_replayed_;
    return out.drops.Count(size.error());
  }
  ++packets_received_;
  bytes_received_ += wire_size;
  packet.set_size(*size);
  out.media.push_back({.transport = id_,
                       .is_rtcp = is_rtcp,
                       .is_protected = counted,
                       .wire_size = static_cast<uint16_t>(wire_size),
                       .arrival = arrival,
                       .packet = std::move(packet)});
  if (from != ice_->selected()) {
    ice_->OnMedia(now, from);
    UpdateState(out);
  }
}

void Session::SetReceiveMode(Ssrc ssrc, ReceiveMode mode) {
  if (mode == ReceiveMode::kCountOnly) {
    count_only_.insert(ssrc);
  } else {
    count_only_.erase(ssrc);
  }
}

bool Session::IsCountOnly(std::span<const uint8_t> rtp) const {
  if (count_only_.empty()) return false;
  const auto identity = RtpIdentityOf(rtp);
  return identity && count_only_.contains(identity->ssrc);
}

void Session::OnTupleClosed(const Tuple& tuple, Timestamp now, TransportOutbox& out) {
  if (ended()) return;
  ice_->OnTupleClosed(tuple, changes_);
  Progress(now, out);
}

void Session::HandleTimeout(Timestamp now, TransportOutbox& out) {
  if (ended()) return;
  if (ice_->NextTimeout() <= now) ice_->HandleTimeout(now, changes_, out);
  if (dtls_ && dtls_->NextTimeout() <= now) dtls_->HandleTimeout(now, dtls_output_);
  if (sctp_ && sctp_->NextTimeout() <= now) sctp_->HandleTimeout(now, sctp_output_);
  if (release_dtls_at_ <= now) ReleaseDtls();
  Progress(now, out);
}

Timestamp Session::NextTimeout() const {
  if (ended()) return kNever;
  Timestamp next = std::min(ice_->NextTimeout(), release_dtls_at_);
  if (dtls_) next = std::min(next, dtls_->NextTimeout());
  if (sctp_) next = std::min(next, sctp_->NextTimeout());
  return next;
}

void Session::Progress(Timestamp now, TransportOutbox& out) {
  if (dtls_ && remote_ && dtls_->state() == DtlsState::kNew && ice_->selected())
    dtls_->Start(now, dtls_output_);
  Pump(now, out);
  UpdateState(out);
}

void Session::Pump(Timestamp now, TransportOutbox& out) {
  do {
    if (dtls_ && !dtls_connected_ && dtls_->state() == DtlsState::kConnected) OnDtlsConnected(now);
    if (sctp_ && dtls_connected_ && !sctp_started_) {
      sctp_started_ = true;
      sctp_->Connect(now, sctp_output_);
    }
    for (const auto& record : std::exchange(dtls_output_.application_data, {})) {
      if (sctp_) {
        sctp_->HandlePacket(now, record, sctp_output_);
      } else {
        out.drops.Count(DropReason::kUnsupported);
      }
    }
    for (const auto& packet : std::exchange(sctp_output_.packets, {})) {
      if (const auto sent = dtls_->SendApplicationData(packet, dtls_output_); !sent)
        out.drops.Count(sent.error());
    }
  } while (!dtls_output_.application_data.empty());
  for (const auto& datagram : dtls_output_.datagrams) SendDatagram(pool_.Copy(datagram), out);
  dtls_output_.datagrams.clear();
  ReportSctpEvents(out);
}

void Session::OnDtlsConnected(Timestamp now) {
  dtls_connected_ = true;
  if (sctp_ == nullptr) release_dtls_at_ = OnDeadlineGrid(now + kDtlsKeptAfterConnect);
  if (const auto keys = dtls_->ExportSrtpKeys()) {
    srtp_sender_.emplace(keys->local);
    srtp_receiver_.emplace(keys->remote);
    srtp_profile_ = NameOf(keys->local.profile);
  }
}

// What a handshake needs no more, media never did.
void Session::ReleaseDtls() {
  release_dtls_at_ = kNever;
  dtls_->Release();
  dtls_output_ = {};
}

void Session::ReportSctpEvents(TransportOutbox& out) {
  for (auto& event : sctp_output_.events) {
    if (auto* message = std::get_if<SctpMessage>(&event)) {
      out.data.push_back({.transport = id_,
                          .stream = message->stream,
                          .is_binary = message->is_binary,
                          .bytes = std::move(message->bytes)});
    } else if (std::holds_alternative<SctpUp>(event)) {
      out.events.push_back(SctpConnected{.transport = id_});
    } else if (const auto* opened = std::get_if<SctpChannelOpened>(&event)) {
      out.events.push_back(DataChannelOpened{
          .transport = id_, .stream = opened->stream, .channel = opened->parameters});
    } else if (const auto* closed = std::get_if<SctpChannelClosed>(&event)) {
      out.events.push_back(DataChannelClosed{.transport = id_, .stream = closed->stream});
    } else if (std::holds_alternative<SctpWritable>(event)) {
      out.events.push_back(DataChannelsWritable{.transport = id_});
    }
  }
  sctp_output_.events.clear();
  out.drops += std::exchange(sctp_output_.drops, {});
}

void Session::UpdateState(TransportOutbox& out) {
  if (ice_->selected() && ice_->selected() != reported_tuple_) {
    reported_tuple_ = ice_->selected();
    out.events.push_back(SelectedTupleChanged{.transport = id_, .tuple = *reported_tuple_});
  }
  const auto dtls_state = dtls_ ? dtls_->state() : DtlsState::kNew;
  if (dtls_state == DtlsState::kFailed) {
    out.drops.Count(DropReason::kDtlsFailed);
    return SetState(TransportState::kFailed, dtls_->failure_reason(), out);
  }
  if (dtls_state == DtlsState::kClosed)
    return SetState(TransportState::kGone, "closed by the peer", out);
  if (dtls_connected_ && !srtp_sender_ && sctp_ == nullptr) {
    // RFC 5764 §4.1: without a common profile there are no keys, and so nothing this peer is for.
    out.drops.Count(DropReason::kDtlsFailed);
    Close(out);
    return SetState(TransportState::kFailed, "no common SRTP profile", out);
  }
  switch (ice_->state()) {
    case IceState::kGone:
      return SetState(TransportState::kGone,
                      ice_->checks() == 0 ? "no authenticated ICE check came"
                                          : "no authenticated ICE check for 30 s",
                      out);
    case IceState::kDisconnected:
      if (state_ == TransportState::kConnected) SetState(TransportState::kDisconnected, "", out);
      return;
    case IceState::kConnected:
      if (dtls_state == DtlsState::kConnected) SetState(TransportState::kConnected, "", out);
      return;
    case IceState::kNew:
      return;
  }
}

void Session::SetState(TransportState state, std::string reason, TransportOutbox& out) {
  if (state == state_ || ended()) return;
  state_ = state;
  out.events.push_back(
      TransportStateChanged{.transport = id_, .state = state, .reason = std::move(reason)});
}

void Session::SendDatagram(PacketRef packet, TransportOutbox& out) {
  if (!ice_->selected()) return out.drops.Count(DropReason::kNotNominated);
  out.datagrams.push_back({.tuple = *ice_->selected(), .packet = std::move(packet)});
}

void Session::SendRtp(PacketRef&& packet, ProtectQueue& queue, TransportOutbox& out) {
  const auto& selected = ice_->selected();
  if (!srtp_sender_ || !selected || ended()) return out.drops.Count(DropReason::kDtlsNotReady);
  if (!packet.unique() || packet.capacity() - packet.size() < kMaxSrtpOverhead) {
    packet = pool_.Copy(packet.bytes(), kMaxSrtpOverhead);
  }
  if (srtp_sender_->gains_in_batches()) {
    const auto job = srtp_sender_->PrepareRtp(packet.mutable_buffer(), packet.size());
    if (!job) return out.drops.Count(job.error());
    CountSent(packet.size() + srtp_sender_->rtp_overhead());
    return queue.Add(*selected, std::move(packet), *job);
  }
  const auto size = srtp_sender_->ProtectRtp(packet.mutable_buffer(), packet.size());
  if (!size) return out.drops.Count(size.error());
  packet.set_size(*size);
  CountSent(*size);
  out.datagrams.push_back({.tuple = *selected, .packet = std::move(packet)});
}

void Session::SendRtcp(std::span<const uint8_t> rtcp, TransportOutbox& out) {
  if (!srtp_sender_ || !ice_->selected() || ended())
    return out.drops.Count(DropReason::kDtlsNotReady);
  PacketRef packet = pool_.Copy(rtcp, kMaxSrtpOverhead);
  const auto size = srtp_sender_->ProtectRtcp(packet.mutable_buffer(), packet.size());
  if (!size) return out.drops.Count(size.error());
  packet.set_size(*size);
  CountSent(*size);
  SendDatagram(std::move(packet), out);
}

absl::StatusOr<StreamId> Session::OpenDataChannel(const DataChannelParameters& parameters,
                                                  Timestamp now, TransportOutbox& out) {
  if (sctp_ == nullptr)
    return absl::FailedPreconditionError("the peer negotiated no data channels");
  if (ended()) return absl::FailedPreconditionError("the transport has ended");
  const auto stream = sctp_->OpenChannel(now, parameters, sctp_output_);
  Progress(now, out);
  if (stream) return *stream;
  const std::string text = "data channel: " + std::string(ToString(stream.error()));
  return stream.error() == DropReason::kTooLarge ? absl::InvalidArgumentError(text)
                                                 : absl::ResourceExhaustedError(text);
}

Expected<std::monostate, DropReason> Session::SendData(StreamId stream, bool is_binary,
                                                       std::span<const uint8_t> message,
                                                       Timestamp now, TransportOutbox& out) {
  if (sctp_ == nullptr || ended()) return Unexpected(DropReason::kClosed);
  const auto result = sctp_->Send(now, stream, is_binary, message, sctp_output_);
  Progress(now, out);
  return result;
}

void Session::CloseDataChannel(StreamId stream, Timestamp now, TransportOutbox& out) {
  if (sctp_ == nullptr || ended()) return;
  sctp_->CloseChannel(now, stream, sctp_output_);
  Progress(now, out);
}

SessionStats Session::stats() const {
  return {.state = state_,
          .selected = ice_->selected(),
          .srtp_profile = srtp_profile_,
          .packets_received = packets_received_,
          .bytes_received = bytes_received_,
          .packets_replayed = packets_replayed_,
          .packets_sent = packets_sent_,
          .bytes_sent = bytes_sent_,
          .checks_received = ice_->checks()};
}

}  // namespace stellwerk
