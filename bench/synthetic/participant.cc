#include "bench/synthetic/participant.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "bench/synthetic/server_offer.h"
#include "controller/sdp/transport_attributes.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "transport/ice/ice_controlling.h"

namespace stellwerk::synthetic {
namespace {

using Role = MediaPlan::Role;

// RFC 4585 §3.4 lets feedback profiles report more often than every 5 s; browsers do about once a
// second.
constexpr TimeDelta kReportInterval = std::chrono::seconds(1);
// A server that goes on to send new streams in the same m-lines is not followed for ever.
constexpr std::size_t kMaxEndedSlots = 256;

// Where a candidate leads, if we can send there from `socket`.
std::optional<SocketAddress> ReachableFrom(const SocketAddress& socket,
                                           const Candidate& candidate) {
  const auto ip = IpAddress::Parse(candidate.address);
  if (candidate.protocol != CandidateProtocol::kUdp || !ip || ip->is_v6() != socket.ip.is_v6()) {
    return std::nullopt;
  }
  return SocketAddress{*ip, candidate.port};
}

enum class PayloadUse { kNone, kMedia, kRtx };
PayloadUse UseOf(const SlotReceiver& slot, PayloadType payload_type) {
  for (const CodecParameters& codec : slot.parameters().codecs) {
    if (codec.payload_type == payload_type) return PayloadUse::kMedia;
    if (codec.rtx_payload_type == payload_type) return PayloadUse::kRtx;
  }
  return PayloadUse::kNone;
}

std::string RandomText(Random& random, std::size_t size) {
  constexpr std::string_view kIceChars =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += kIceChars[random.NextU32() % kIceChars.size()];
  return out;
}

}  // namespace

Participant::Participant(ParticipantConfig config, const Context& context)
    : config_(std::move(config)),
      context_(context),
      own_ssrc_(context.random.NextU32() | 1),
      sender_(config_.id, context.endpoint, context.pool) {
  if (config_.adapt) sender_.ObeyNetwork();
  local_.session_id = context_.random.NextU64() >> 1;
  local_.session_version = 0;
  local_.fingerprint = config_.announced_fingerprint.value_or(context_.fingerprint);
  local_.cname = RandomText(context_.random, 16);
  local_.ice = NewIceParameters();
  local_.ice_lite = config_.passive_ice;
  for (std::size_t i = 0; i < config_.audio.size(); ++i) Plan(Role::kAudioTrack);
  for (const VideoConfig& video : config_.video) {
    MediaPlan& plan = media_.emplace_back(PlanTrack(Role::kVideoTrack, video.layers));
    plan.codecs = {video.codec};
    plan.dependency_descriptor = video.offers_dependency_descriptor();
    plan.layers_allocation = video.layers.size() > 1 || video.mode.spatial_layers > 1;
  }
  AddSlots(config_.audio_slots, config_.video_slots);
  if (config_.data) Plan(Role::kData);
}

Participant::~Participant() = default;

IceParameters Participant::NewIceParameters() {
  // The endpoint finds sessions by ufrag, so it has to be unique in it.
  return {.ufrag = RandomText(context_.random, 8), .pwd = RandomText(context_.random, 24)};
}

MediaPlan Participant::PlanTrack(Role role, const std::vector<VideoLayer>& layers) {
  MediaPlan plan{.role = role, .mid = std::to_string(media_.size())};
  const std::size_t streams = role == Role::kVideoTrack   ? layers.size()
                              : role == Role::kAudioTrack ? 1
                                                          : 0;
  for (std::size_t i = 0; i < streams; ++i) {
    MediaPlan::Stream& stream = plan.streams.emplace_back();
    if (streams > 1) stream.rid = Rid::From(layers[i].rid).value_or(Rid());
    stream.ssrc = Ssrc(context_.random.NextU32() | 1);
    stream.rtx_ssrc = Ssrc(context_.random.NextU32() | 1);
  }
  return plan;
}

void Participant::AddSlots(int audio, int video) {
  for (int i = 0; i < audio; ++i) Plan(Role::kAudioSlot);
  for (int i = 0; i < video; ++i) {
    Plan(Role::kVideoSlot);
    media_.back().codecs = config_.slot_codecs;
    media_.back().dependency_descriptor = true;
  }
}

void Participant::RestartIce() { local_.ice = NewIceParameters(); }

void Participant::StopTrack(std::string_view mid) {
  for (MediaPlan& plan : media_) plan.stopped = plan.stopped || plan.mid == mid;
}

std::string Participant::CreateOffer() {
  ++local_.session_version;
  return SerializeSessionDescription(WriteOffer(local_, media_));
}

absl::Status Participant::Open(const SocketAddress& local, Timestamp now) {
  socket_ = local;
  if (!local.ip.is_unspecified()) local_.address = local;
  if (open_) return absl::OkStatus();
  const SessionConfig session{
      .id = config_.id, .local_ice = local_.ice, .controlling = !config_.passive_ice};
  if (auto status = context_.endpoint.AddSession(session, now); !status.ok()) return status;
  open_ = true;
  return absl::OkStatus();
}

absl::Status Participant::HandleAnswer(std::string_view answer, const SocketAddress& local,
                                       Timestamp now, TransportOutbox& out) {
  auto read = InterpretAnswer(answer, local_, media_);
  if (!read.ok()) return read.status();
  ApplyMedia(*read, now);
  return StartTransport(*read, local, now, out);
}

absl::StatusOr<std::string> Participant::AnswerOffer(std::string_view offer,
                                                     const SocketAddress& local, Timestamp now,
                                                     TransportOutbox& out) {
  if (local_.session_version > 0 && !offered_to_) {
    return absl::FailedPreconditionError("a participant that makes offers can't answer one");
  }
  auto read = ReadServerOffer(offer, config_.slot_codecs, config_.data);
  if (!read.ok()) return read.status();
  offered_to_ = true;
  ++local_.session_version;
  if (remote_) {
    // RFC 8445 §9: a restart of the peer's is one of ours, too. RFC 8842 §5.5: the roles stay.
    if (read->read.remote.ice != remote_->ice) local_.ice = NewIceParameters();
    read->read.remote.our_role = remote_->our_role;
  }
  media_ = read->media;
  ApplyMedia(read->read, now);
  if (!local.ip.is_unspecified()) local_.address = local;
  if (auto status = StartTransport(read->read, local, now, out); !status.ok()) return status;
  return AnswerServerOffer(*read, local_);
}

absl::Status Participant::AddRemoteCandidate(std::string_view candidate, Timestamp now,
                                             TransportOutbox& out) {
  if (candidate.starts_with("a=")) candidate.remove_prefix(2);
  constexpr std::string_view kName = "candidate:";
  if (candidate.starts_with(kName)) candidate.remove_prefix(kName.size());
  MediaDescription section;
  if (const auto problem = ParseCandidate(candidate, section)) {
    return absl::InvalidArgumentError(*problem);
  }
  if (remote_) {
    AddCandidates(section.candidates, now, out);
  } else if (early_candidates_.size() < IceControlling::kMaxPairs) {
    early_candidates_.insert(early_candidates_.end(), section.candidates.begin(),
                             section.candidates.end());
  }
  return absl::OkStatus();
}

// What can't be reached from our socket is left out, as are those that the session has already.
void Participant::AddCandidates(const std::vector<Candidate>& candidates, Timestamp now,
                                TransportOutbox& out) {
  for (const Candidate& candidate : candidates) {
    const auto remote = ReachableFrom(socket_, candidate);
    if (!remote) continue;
    // Of another session's pair nothing good can come: each has a socket of its own.
    static_cast<void>(context_.endpoint.AddCandidatePair(
        config_.id, {.protocol = IpProtocol::kUdp, .local = socket_, .remote = *remote}, now, out));
  }
}

absl::Status Participant::StartTransport(const ReadAnswer& answer, const SocketAddress& local,
                                         Timestamp now, TransportOutbox& out) {
  if (remote_) {
    const bool restart = remote_->ice != answer.remote.ice;
    remote_->ice = answer.remote.ice;
    if (restart) {
      auto status =
          context_.endpoint.RestartIce(config_.id, local_.ice, answer.remote.ice, now, out);
      if (!status.ok()) return status;
    }
    AddCandidates(answer.candidates, now, out);
    return context_.endpoint.Connect(config_.id, answer.remote, now, out);
  }
  std::vector<Candidate> candidates = answer.candidates;
  candidates.insert(candidates.end(), early_candidates_.begin(), early_candidates_.end());
  const bool reachable = std::any_of(
      candidates.begin(), candidates.end(),
      [&](const Candidate& candidate) { return ReachableFrom(local, candidate).has_value(); });
  if (!reachable && !answer.may_trickle) {
    return absl::InvalidArgumentError("the server has no UDP candidate that can be reached");
  }
  if (auto status = Open(local, now); !status.ok()) return status;
  AddCandidates(candidates, now, out);
  remote_ = answer.remote;
  early_candidates_.clear();
  return context_.endpoint.Connect(config_.id, answer.remote, now, out);
}

void Participant::ApplyMedia(const ReadAnswer& answer, Timestamp now) {
  std::size_t audio = 0;
  std::size_t video = 0;
  for (std::size_t i = 0; i < media_.size(); ++i) {
    const MediaPlan& plan = media_[i];
    const AnsweredMedia& answered = answer.media[i];
    const std::size_t index = plan.role == Role::kAudioTrack   ? audio++
                              : plan.role == Role::kVideoTrack ? video++
                                                               : 0;
    if (plan.stopped) tracks_.erase(plan.mid);
    if (!answered.send.empty() && !tracks_.contains(plan.mid)) {
      if (plan.role == Role::kAudioTrack) {
        tracks_.try_emplace(plan.mid, config_.audio[index], answered.send, context_.random);
      } else {
        tracks_.try_emplace(plan.mid, config_.video[index], answered.send, context_.random);
      }
    }
    ApplySlot(plan.mid, answered.slot);
  }
  if (connected()) StartTracks(now);
}

void Participant::ApplySlot(const std::string& mid, const std::optional<ConsumerParameters>& slot) {
  const auto known = slots_.find(mid);
  if (!slot) {
    // In an answer of the server's, a slot that carries nothing is still one.
    if (known != slots_.end() && offered_to_) EndSlot(mid);
    return;
  }
  const bool announced = slot->ssrc != Ssrc();
  if (known != slots_.end()) {
    if (!announced || known->second.Owns(slot->ssrc)) return;
    EndSlot(mid);
  }
  if (!announced) unannounced_.insert(mid);
  StartSlot(*slot);
}

void Participant::StartSlot(const ConsumerParameters& slot) {
  SlotReceiver& receiver =
      slots_.try_emplace(std::string(slot.mid.view()), slot, own_ssrc_).first->second;
  receiver.RecordTransit(&transit_);
  receiver.SetVerification(verification_);
  if (slot.ssrc != Ssrc()) {
    slots_by_ssrc_[slot.ssrc] = &receiver;
    ApplyReceiveMode(receiver);
  }
  if (slot.rtx_ssrc) slots_by_ssrc_[*slot.rtx_ssrc] = &receiver;
  // With BUNDLE the numbers are the same in all m-lines.
  if (slot.extensions.Has(RtpExtension::kTransportCc)) {
    transport_cc_id_ = slot.extensions.IdOf(RtpExtension::kTransportCc);
  }
  if (slot.extensions.Has(RtpExtension::kMid)) mid_id_ = slot.extensions.IdOf(RtpExtension::kMid);
}

void Participant::EndSlot(const std::string& mid) {
  auto slot = slots_.extract(mid);
  unannounced_.erase(mid);
  for (auto& [ssrc, receiver] : slots_by_ssrc_) {
    if (receiver == &slot.mapped()) receiver = nullptr;
  }
  ended_slots_.push_back(std::move(slot));
}

SlotReceiver* Participant::SlotOf(const RtpPacketView& packet) {
  const auto known = slots_by_ssrc_.find(packet.ssrc());
  if (known != slots_by_ssrc_.end()) return known->second;
  SlotReceiver* slot = unannounced_.empty() ? nullptr : LearnSlot(packet);
  if (slot == nullptr) ++unexpected_packets_;
  return slot;
}

// RFC 8843 §9.2: a stream that nobody announced belongs to the m-line that its MID names, else to
// the only one that has its payload type.
SlotReceiver* Participant::LearnSlot(const RtpPacketView& packet) {
  if (ended_slots_.size() >= kMaxEndedSlots) return nullptr;
  SlotReceiver* found = nullptr;
  if (const auto mid = packet.FindExtension(mid_id_)) {
    const auto it = slots_.find(std::string(mid->begin(), mid->end()));
    if (it != slots_.end() && unannounced_.contains(it->first)) found = &it->second;
  } else {
    for (const std::string& name : unannounced_) {
      SlotReceiver& slot = slots_.at(name);
      if (UseOf(slot, packet.payload_type()) == PayloadUse::kNone) continue;
      if (found != nullptr) return nullptr;  // could be either's
      found = &slot;
    }
  }
  if (found == nullptr) return nullptr;
  switch (UseOf(*found, packet.payload_type())) {
    case PayloadUse::kNone:
      return nullptr;
    case PayloadUse::kRtx:
      found->SetRtxSsrc(packet.ssrc());
      break;
    case PayloadUse::kMedia:
      if (found->parameters().ssrc != Ssrc()) {
        // Another stream takes its place, with numbers of its own.
        ConsumerParameters next = found->parameters();
        next.ssrc = Ssrc();
        next.rtx_ssrc.reset();
        const std::string mid(next.mid.view());
        EndSlot(mid);
        unannounced_.insert(mid);
        StartSlot(next);
        found = &slots_.at(mid);
      }
      found->SetSsrc(packet.ssrc());
      break;
  }
  return slots_by_ssrc_[packet.ssrc()] = found;
}

void Participant::StartTracks(Timestamp now) {
  for (auto& [mid, track] : tracks_) track.Start(now);
  if (next_report_ == kNever) next_report_ = now + kReportInterval;
}

void Participant::Leave(Timestamp now, TransportOutbox& out) {
  context_.endpoint.RemoveSession(config_.id, now, out);
  for (auto& [mid, track] : tracks_) track.SetRunning(false, now);
  next_report_ = kNever;
  state_ = TransportState::kGone;
  state_reason_ = "left";
}

void Participant::HandleEvent(const TransportEvent& event, Timestamp now,
                              TransportOutbox& /*out*/) {
  if (const auto* changed = std::get_if<TransportStateChanged>(&event)) {
    state_ = changed->state;
    state_reason_ = changed->reason;
    if (connected()) StartTracks(now);
    if (connected() && !connected_at_) {
      connected_at_ = now;
      // Midway through the handshake, which takes two round trips: what a server sends as soon as
      // it can was sent after that.
      transit_.viewer_since = now - (now - selected_at_.value_or(now)) / 2;
    }
  } else if (std::holds_alternative<SelectedTupleChanged>(event)) {
    if (!selected_at_) selected_at_ = now;
  } else if (std::holds_alternative<SctpConnected>(event)) {
    sctp_up_ = true;
  } else if (const auto* opened = std::get_if<DataChannelOpened>(&event)) {
    channels_.push_back({opened->stream, opened->channel.label, opened->channel.protocol});
  } else if (const auto* closed = std::get_if<DataChannelClosed>(&event)) {
    for (DataChannel& channel : channels_) {
      if (channel.stream == closed->stream) channel.open = false;
    }
  }
}

void Participant::HandleData(ReceivedData data) {
  messages_.push_back(
      {data.stream, data.is_binary, std::string(data.bytes.begin(), data.bytes.end())});
}

void Participant::HandleMedia(ReceivedMedia media, Timestamp now, TransportOutbox& out) {
  if (media.is_rtcp) return HandleRtcp(media, now, out);
  std::vector<RtcpMessage> feedback;
  HandleRtp(std::move(media), now, feedback);
  if (!feedback.empty()) sender_.SendRtcp(feedback, out);
}

void Participant::HandleRtp(ReceivedMedia media, Timestamp now,
                            std::vector<RtcpMessage>& feedback) {
  const auto view = media.is_protected ? RtpPacketView::ParseProtected(media.packet.bytes())
                                       : RtpPacketView::Parse(media.packet.bytes());
  if (!view) {
    ++unexpected_packets_;
    return;
  }
  SlotReceiver* slot = SlotOf(*view);
  if (const auto data = view->FindExtension(transport_cc_id_)) {
    if (const auto number = ParseTransportSeqNum(*data)) {
      arrivals_.OnPacket(*number, media.arrival, now);
      gaps_.OnPacket(*number, now);
    }
  }
  if (slot == nullptr) return;
  slot->HandleRtp(std::move(media), *view, gaps_.LatelyAt(now), now, feedback);
  ApplyReceiveMode(*slot);
}

void Participant::HandleRtcp(const ReceivedMedia& media, Timestamp now, TransportOutbox& out) {
  const auto compound = ParseRtcp(media.packet.bytes());
  if (!compound) {
    ++unexpected_packets_;
    return;
  }
  unexpected_packets_ += compound->malformed;
  for (const RtcpMessage& message : compound->messages) {
    if (std::holds_alternative<TransportFeedback>(message)) ++feedback_received_;
    if (const auto* report = std::get_if<SenderReport>(&message)) {
      const auto slot = slots_by_ssrc_.find(report->sender);
      if (slot != slots_by_ssrc_.end() && slot->second != nullptr) {
        slot->second->HandleSenderReport(*report, media.arrival);
      }
    }
    for (auto& [mid, track] : tracks_) track.HandleRtcp(message, now, sender_, out);
    if (sender_.rate() == nullptr) continue;
    std::optional<TimeDelta> round_trip;
    for (const auto& [mid, track] : tracks_) {
      if (!round_trip) round_trip = track.round_trip();
    }
    sender_.rate()->HandleRtcp(message, round_trip, now);
  }
  if (sender_.rate() != nullptr) ShareRate(now);
}

void Participant::ShareRate(Timestamp now) {
  absl::InlinedVector<PublishedTrack*, 4> tracks;
  for (auto& [mid, track] : tracks_) tracks.push_back(&track);
  sender_.rate()->Share(tracks, now);
}

void Participant::SendPaced(Timestamp now, TransportOutbox& out) {
  PublisherRate& rate = *sender_.rate();
  if (rate.NextTimeout() <= now) rate.HandleTimeout(now);
  ShareRate(now);
  while (true) {
    sender_.Release(now, out);
    const DataSize wanted = rate.PaddingNeeded(now);
    DataSize made;
    for (auto& [mid, track] : tracks_) {
      if (made < wanted) made += track.SendPadding(wanted - made, now, sender_, out);
    }
    if (made == DataSize()) break;
  }
}

void Participant::HandleTimeout(Timestamp now, TransportOutbox& out) {
  std::vector<RtcpMessage> feedback;
  for (auto& [mid, slot] : slots_) {
    if (slot.NextTimeout() <= now) slot.HandleTimeout(now, feedback);
  }
  if (!connected()) return;
  if (!feedback.empty()) sender_.SendRtcp(feedback, out);
  for (auto& [mid, track] : tracks_) {
    if (track.NextTimeout() <= now) track.HandleTimeout(now, sender_, out);
  }
  if (sender_.rate() != nullptr) SendPaced(now, out);
  if (arrivals_.NextTimeout() <= now) SendTransportFeedback(now, out);
  if (next_report_ <= now) SendReports(now, out);
}

Timestamp Participant::NextTimeout() const {
  Timestamp next = kNever;
  for (const auto& [mid, slot] : slots_) next = std::min(next, slot.NextTimeout());
  if (!connected()) return next;
  return std::min({next, NextMedia(), arrivals_.NextTimeout(), next_report_});
}

Timestamp Participant::NextMedia() const {
  Timestamp next = kNever;
  if (!connected()) return next;
  for (const auto& [mid, track] : tracks_) next = std::min(next, track.NextTimeout());
  if (sender_.rate() != nullptr) next = std::min(next, sender_.rate()->NextTimeout());
  return next;
}

void Participant::SendTransportFeedback(Timestamp now, TransportOutbox& out) {
  const Ssrc media = slots_by_ssrc_.empty() ? Ssrc() : slots_by_ssrc_.begin()->first;
  for (TransportFeedback& feedback : arrivals_.HandleTimeout(now, own_ssrc_, media)) {
    const std::array<RtcpMessage, 1> message = {std::move(feedback)};
    sender_.SendRtcp(message, out);
  }
}

void Participant::SendReports(Timestamp now, TransportOutbox& out) {
  next_report_ = now + kReportInterval;
  for (const auto& [mid, track] : tracks_) {
    std::vector<RtcpMessage> reports;
    track.AppendReports(now, reports);
    if (!reports.empty()) sender_.SendRtcp(reports, out);
  }
  ReceiverReport report{.sender = own_ssrc_, .report_blocks = {}};
  const auto flush = [&] {
    const std::array<RtcpMessage, 2> messages = {report, Sdes::ForCname(own_ssrc_, local_.cname)};
    sender_.SendRtcp(messages, out);
    report.report_blocks.clear();
  };
  for (auto& [mid, slot] : slots_) {
    if (const auto block = slot.MakeReportBlock(now)) {
      report.report_blocks.push_back(*block);
      jitter_.Add(slot.jitter());
    }
    if (report.report_blocks.size() == kMaxReportBlocks) flush();
  }
  if (!report.report_blocks.empty()) flush();
}

PublishedTrack* Participant::Track(std::string_view mid) {
  const auto it = tracks_.find(mid);
  return it == tracks_.end() ? nullptr : &it->second;
}

const SlotReceiver* Participant::Slot(std::string_view mid) const {
  const auto it = slots_.find(mid);
  return it == slots_.end() ? nullptr : &it->second;
}

std::vector<std::string> Participant::MidsOf(Role role) const {
  std::vector<std::string> out;
  for (const MediaPlan& plan : media_) {
    if (plan.role == role) out.push_back(plan.mid);
  }
  return out;
}

void Participant::ObservePictures(std::string_view mid, PictureObserver observer) {
  const auto it = slots_.find(mid);
  if (it != slots_.end()) it->second.ObservePictures(std::move(observer));
}

void Participant::RequestKeyframe(std::string_view mid, Timestamp now, TransportOutbox& out) {
  const auto it = slots_.find(mid);
  if (it == slots_.end()) return;
  std::vector<RtcpMessage> feedback;
  it->second.RequestKeyframe(now, feedback);
  if (!feedback.empty()) sender_.SendRtcp(feedback, out);
}

void Participant::ApplyReceiveMode(SlotReceiver& slot) {
  if (const auto mode = slot.TakeModeChange()) {
    context_.endpoint.SetReceiveMode(config_.id, slot.parameters().ssrc, *mode);
  }
}

void Participant::SetVerification(Verification verification) {
  verification_ = verification;
  for (auto& [mid, slot] : slots_) {
    slot.SetVerification(verification);
    if (slot.parameters().ssrc != Ssrc()) ApplyReceiveMode(slot);
  }
}

void Participant::SetExpected(std::string_view mid, bool expected, Timestamp now) {
  const auto it = slots_.find(mid);
  if (it != slots_.end()) it->second.SetExpected(expected, now);
}

ReceptionStats Participant::reception() const {
  ReceptionStats sum;
  ForEachSlot([&sum](const SlotReceiver& slot) { sum += slot.reception(); });
  if (const auto session = context_.endpoint.StatsOf(config_.id)) {
    sum.duplicates += session->packets_replayed;
  }
  return sum;
}

absl::StatusOr<StreamId> Participant::OpenChannel(const DataChannelParameters& parameters,
                                                  Timestamp now, TransportOutbox& out) {
  return context_.endpoint.OpenDataChannel(config_.id, parameters, now, out);
}

Expected<std::monostate, DropReason> Participant::Send(StreamId stream, std::string_view text,
                                                       Timestamp now, TransportOutbox& out) {
  const std::vector<uint8_t> bytes(text.begin(), text.end());
  return context_.endpoint.SendData(config_.id, stream, false, bytes, now, out);
}

}  // namespace stellwerk::synthetic
