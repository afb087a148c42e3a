#include "bench/synthetic/participant.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_packet_view.h"

namespace stellwerk::synthetic {
namespace {

using Role = MediaPlan::Role;

// RFC 4585 §3.4 lets feedback profiles report more often than every 5 s; browsers do about once a
// second.
constexpr TimeDelta kReportInterval = std::chrono::seconds(1);

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
  local_.session_id = context_.random.NextU64() >> 1;
  local_.session_version = 0;
  local_.fingerprint = config_.announced_fingerprint.value_or(context_.fingerprint);
  local_.cname = RandomText(context_.random, 16);
  local_.ice = NewIceParameters();
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

absl::Status Participant::HandleAnswer(std::string_view answer, const SocketAddress& local,
                                       Timestamp now, TransportOutbox& out) {
  auto read = InterpretAnswer(answer, local_, media_);
  if (!read.ok()) return read.status();
  ApplyMedia(*read, now);
  return StartTransport(*read, local, now, out);
}

absl::Status Participant::StartTransport(const ReadAnswer& answer, const SocketAddress& local,
                                         Timestamp now, TransportOutbox& out) {
  if (started_) {
    const bool restart = remote_ice_ != answer.remote.ice;
    remote_ice_ = answer.remote.ice;
    if (restart) {
      return context_.endpoint.RestartIce(config_.id, local_.ice, answer.remote.ice, now, out);
    }
    return context_.endpoint.Connect(config_.id, answer.remote, now, out);
  }
  SessionConfig session{.id = config_.id, .local_ice = local_.ice, .controlling = true};
  for (const Candidate& candidate : answer.candidates) {
    const auto ip = IpAddress::Parse(candidate.address);
    if (candidate.protocol != CandidateProtocol::kUdp || !ip || ip->is_v6() != local.ip.is_v6()) {
      continue;
    }
    session.candidate_pairs.push_back(
        {.protocol = IpProtocol::kUdp, .local = local, .remote = {*ip, candidate.port}});
  }
  if (session.candidate_pairs.empty()) {
    return absl::InvalidArgumentError("the answer has no UDP candidate that can be reached");
  }
  if (auto status = context_.endpoint.AddSession(session, now); !status.ok()) return status;
  started_ = true;
  remote_ice_ = answer.remote.ice;
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
    if (answered.slot && !slots_.contains(plan.mid)) {
      SlotReceiver& slot = slots_.try_emplace(plan.mid, *answered.slot, own_ssrc_).first->second;
      slots_by_ssrc_[answered.slot->ssrc] = &slot;
      if (answered.slot->rtx_ssrc) slots_by_ssrc_[*answered.slot->rtx_ssrc] = &slot;
      if (const ExtensionId id = answered.slot->extensions.IdOf(RtpExtension::kTransportCc);
          id.value() != 0) {
        transport_cc_id_ = id;
      }
    }
  }
  if (connected()) StartTracks(now);
}

void Participant::StartTracks(Timestamp now) {
  for (auto& [mid, track] : tracks_) track.SetRunning(true, now);
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
    if (connected() && !connected_at_) connected_at_ = now;
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
  const auto view = RtpPacketView::Parse(media.packet.bytes());
  const auto slot = view ? slots_by_ssrc_.find(view->ssrc()) : slots_by_ssrc_.end();
  if (slot == slots_by_ssrc_.end()) {
    ++unexpected_packets_;
    return;
  }
  if (const auto data = view->FindExtension(transport_cc_id_)) {
    if (const auto number = ParseTransportSeqNum(*data)) {
      arrivals_.OnPacket(*number, media.arrival, now);
    }
  }
  slot->second->HandleRtp(std::move(media.packet), now, media.arrival, feedback);
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
      if (slot != slots_by_ssrc_.end()) slot->second->HandleSenderReport(*report, media.arrival);
    }
    for (auto& [mid, track] : tracks_) track.HandleRtcp(message, now, sender_, out);
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
  if (arrivals_.NextTimeout() <= now) SendTransportFeedback(now, out);
  if (next_report_ <= now) SendReports(now, out);
}

Timestamp Participant::NextTimeout() const {
  Timestamp next = kNever;
  for (const auto& [mid, slot] : slots_) next = std::min(next, slot.NextTimeout());
  if (!connected()) return next;
  for (const auto& [mid, track] : tracks_) next = std::min(next, track.NextTimeout());
  return std::min({next, arrivals_.NextTimeout(), next_report_});
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
    if (const auto block = slot.MakeReportBlock(now)) report.report_blocks.push_back(*block);
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
