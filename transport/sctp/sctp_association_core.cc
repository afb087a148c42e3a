#include "transport/sctp/sctp_association_core.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "transport/sctp/sctp_packet_check.h"

namespace stellwerk {
namespace {

// RFC 8831 §8.
constexpr uint32_t kPpidDcep = 50;
constexpr uint32_t kPpidString = 51;
constexpr uint32_t kPpidBinary = 53;
constexpr uint32_t kPpidStringEmpty = 56;
constexpr uint32_t kPpidBinaryEmpty = 57;

// Labels and protocols end up in signalling; nobody needs long ones.
constexpr std::size_t kMaxNameSize = 1024;
// After this much silence only what is unacknowledged still needs timers, and coarse ones do.
constexpr TimeDelta kActivePeriod = std::chrono::seconds(1);
constexpr TimeDelta kCoarseTick = std::chrono::milliseconds(100);

}  // namespace

SctpAssociation::Core::Core(SctpStack& stack, const SctpConfig& config)
    : config_(config),
      socket_(stack, {.local_port = config.local_port,
                      .remote_port = config.remote.port,
                      .streams = kStreams,
                      .mtu = kMtu,
                      .max_message_size = kMaxMessageSize}) {}

void SctpAssociation::Core::Connect(Timestamp now, SctpOutput& out) {
  if (state_ != State::kNew) return;
  socket_.Advance(now);
  state_ = State::kConnecting;
  last_activity_ = now;
  if (!socket_.Connect()) GoDown(out);
  Settle(now, out);
}

void SctpAssociation::Core::HandlePacket(Timestamp now, std::span<const uint8_t> packet,
                                         SctpOutput& out) {
  if (state_ == State::kNew || state_ == State::kDown) {
    out.drops.Count(state_ == State::kNew ? DropReason::kDtlsNotReady : DropReason::kClosed);
    return;
  }
  if (const auto reason = CheckSctpPacket(packet, state_ == State::kUp)) {
    return out.drops.Count(*reason);
  }
  socket_.Advance(now);
  last_activity_ = now;
  socket_.HandlePacket(packet);
  Settle(now, out);
}

void SctpAssociation::Core::HandleTimeout(Timestamp now, SctpOutput& out) {
  if (state_ == State::kNew || state_ == State::kDown) return;
  socket_.Advance(now);
  Settle(now, out);
}

Expected<StreamId, DropReason> SctpAssociation::Core::OpenChannel(
    Timestamp now, const DataChannelParameters& parameters, SctpOutput& out) {
  if (state_ == State::kDown) return Unexpected(DropReason::kClosed);
  if (parameters.label.size() > kMaxNameSize || parameters.protocol.size() > kMaxNameSize) {
    return Unexpected(DropReason::kTooLarge);
  }
  const auto stream = FreeStream();
  if (!stream) return Unexpected(DropReason::kNoBuffer);
  channels_[*stream].parameters = parameters;
  Enqueue({.stream = *stream,
           .ppid = kPpidDcep,
           .bytes = SerializeDcep(DcepOpen{.parameters = parameters})});
  Settle(now, out);
  return *stream;
}

Expected<std::monostate, DropReason> SctpAssociation::Core::Send(Timestamp now, StreamId stream,
                                                                 bool is_binary,
                                                                 std::span<const uint8_t> bytes,
                                                                 SctpOutput& out) {
  if (state_ == State::kDown) return Unexpected(DropReason::kClosed);
  const auto found = channels_.find(stream);
  if (found == channels_.end() || found->second.is_closing) {
    return Unexpected(DropReason::kUnknownStream);
  }
  if (bytes.size() > MaxOutgoingMessage()) return Unexpected(DropReason::kTooLarge);
  if (!HasRoomFor(bytes.size())) {
    refused_ = bytes.size();
    return Unexpected(DropReason::kQueueFull);
  }
  Queued message{.stream = stream, .bytes = {bytes.begin(), bytes.end()}};
  if (bytes.empty()) {
    // RFC 8831 §6.6: SCTP has no empty messages; one zero byte stands for it.
    message.ppid = is_binary ? kPpidBinaryEmpty : kPpidStringEmpty;
    message.bytes = {0};
  } else {
    message.ppid = is_binary ? kPpidBinary : kPpidString;
  }
  if (const auto lifetime = found->second.parameters.max_lifetime_ms) {
    message.expires = now + std::chrono::milliseconds(*lifetime);
  }
  Enqueue(std::move(message));
  Settle(now, out);
  return std::monostate();
}

void SctpAssociation::Core::CloseChannel(Timestamp now, StreamId stream, SctpOutput& out) {
  const auto found = channels_.find(stream);
  if (found == channels_.end() || found->second.is_closing) return;
  found->second.is_closing = true;
  Settle(now, out);
}

void SctpAssociation::Core::Abort(SctpOutput& out) {
  if (state_ == State::kDown) return;
  state_ = State::kDown;
  socket_.Abort();
  for (auto& packet : socket_.TakePackets()) out.packets.push_back(std::move(packet));
  static_cast<void>(socket_.TakeIndications());
  channels_.clear();
  queue_.clear();
  queued_bytes_ = 0;
  refused_.reset();
  partial_.clear();
  next_timeout_ = kNever;
}

void SctpAssociation::Core::Settle(Timestamp now, SctpOutput& out) {
  auto indications = socket_.TakeIndications();
  do {
    for (auto& indication : indications) {
      std::visit([&](auto& what) { On(what, now, out); }, indication);
    }
    Flush(now, out);
    // Not at the first byte: who is told comes with a batch.
    if (refused_ && HasRoomFor(*refused_) && queued_bytes_ <= config_.max_queued_bytes / 2) {
      refused_.reset();
      out.events.emplace_back(SctpWritable());
    }
    indications = socket_.TakeIndications();
  } while (!indications.empty());
  auto packets = socket_.TakePackets();
  if (!packets.empty()) last_activity_ = now;
  for (auto& packet : packets) out.packets.push_back(std::move(packet));
  UpdateTimer(now);
}

void SctpAssociation::Core::On(const SctpAssociationUp& up, Timestamp, SctpOutput& out) {
  if (state_ != State::kConnecting) return;
  state_ = State::kUp;
  outgoing_streams_ = std::min(kStreams, up.outgoing_streams);
  out.events.emplace_back(SctpUp());
  // What was opened beforehand on a stream that the peer does not take is closed again.
  std::vector<StreamId> beyond;
  for (const auto& [stream, channel] : channels_) {
    if (stream.value() >= outgoing_streams_) beyond.push_back(stream);
  }
  for (const StreamId stream : beyond) {
    DropQueued(stream);
    channels_.erase(stream);
    out.events.emplace_back(SctpChannelClosed{stream});
  }
}

void SctpAssociation::Core::On(const SctpAssociationLost&, Timestamp, SctpOutput& out) {
  GoDown(out);
}

void SctpAssociation::Core::On(const SctpDeliveryAborted& aborted, Timestamp, SctpOutput&) {
  partial_.erase({aborted.stream, false});
  partial_.erase({aborted.stream, true});
}

void SctpAssociation::Core::On(SctpDelivery& delivery, Timestamp, SctpOutput& out) {
  if (auto message = Assemble(delivery, out)) OnMessage(*message, out);
}

std::optional<SctpDelivery> SctpAssociation::Core::Assemble(SctpDelivery& part, SctpOutput& out) {
  const std::pair key(part.stream, part.unordered);
  const auto begun = partial_.find(key);
  if (begun == partial_.end() && part.is_complete && part.bytes.size() <= kMaxMessageSize) {
    return std::move(part);
  }
  SctpDelivery& whole = partial_[key];
  whole.stream = part.stream;
  whole.ppid = part.ppid;
  // One that has become too large stays there as one byte too many until its end.
  const std::size_t room = kMaxMessageSize + 1 - std::min(whole.bytes.size(), kMaxMessageSize + 1);
  whole.bytes.insert(
      whole.bytes.end(), part.bytes.begin(),
      part.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(room, part.bytes.size())));
  if (!part.is_complete) return std::nullopt;
  SctpDelivery message = std::move(whole);
  partial_.erase(key);
  if (message.bytes.size() > kMaxMessageSize) {
    out.drops.Count(DropReason::kTooLarge);
    return std::nullopt;
  }
  return message;
}

void SctpAssociation::Core::OnMessage(SctpDelivery& message, SctpOutput& out) {
  const StreamId stream(message.stream);
  if (message.ppid == kPpidDcep) return OnControl(stream, message.bytes, out);
  const auto channel = channels_.find(stream);
  if (channel == channels_.end()) return out.drops.Count(DropReason::kUnknownStream);
  if (channel->second.is_incoming_reset) return;
  SctpMessage received{.stream = stream, .bytes = std::move(message.bytes)};
  switch (message.ppid) {
    case kPpidString:
      break;
    case kPpidBinary:
      received.is_binary = true;
      break;
    case kPpidStringEmpty:
      received.bytes.clear();
      break;
    case kPpidBinaryEmpty:
      received.is_binary = true;
      received.bytes.clear();
      break;
    default:
      return out.drops.Count(DropReason::kUnsupported);
  }
  channel->second.is_acknowledged = true;  // who sends on it knows it
  out.events.emplace_back(std::move(received));
}

void SctpAssociation::Core::OnControl(StreamId stream, std::span<const uint8_t> bytes,
                                      SctpOutput& out) {
  const auto message = ParseDcep(bytes);
  if (!message) return out.drops.Count(message.error());
  if (const auto* open = std::get_if<DcepOpen>(&message.value())) return OnOpen(stream, *open, out);
  const auto channel = channels_.find(stream);
  if (channel == channels_.end()) return out.drops.Count(DropReason::kUnknownStream);
  channel->second.is_acknowledged = true;
}

void SctpAssociation::Core::OnOpen(StreamId stream, const DcepOpen& open, SctpOutput& out) {
  // RFC 8832 §6: the peer opens streams of the other parity, each once. §5.1 leaves the answer to a
  // violation to us: it is not heard.
  const bool acceptable = stream.value() % 2 != OurParity() && stream.value() < outgoing_streams_ &&
                          open.parameters.label.size() <= kMaxNameSize &&
                          open.parameters.protocol.size() <= kMaxNameSize;
  if (!acceptable) return out.drops.Count(DropReason::kMalformed);
  if (channels_.contains(stream)) return out.drops.Count(DropReason::kDuplicate);
  channels_[stream] = Channel{.parameters = open.parameters, .is_acknowledged = true};
  Enqueue({.stream = stream, .ppid = kPpidDcep, .bytes = SerializeDcep(DcepAck())});
  out.events.emplace_back(SctpChannelOpened{.stream = stream, .parameters = open.parameters});
}

void SctpAssociation::Core::On(const SctpStreamsReset& reset, Timestamp, SctpOutput& out) {
  std::vector<StreamId> concerned;
  if (reset.streams.empty()) {
    for (const auto& [stream, channel] : channels_) concerned.push_back(stream);
  } else {
    for (const uint16_t stream : reset.streams) concerned.emplace_back(stream);
  }
  for (const StreamId stream : concerned) {
    const auto channel = channels_.find(stream);
    if (channel != channels_.end()) OnReset(stream, channel->second, reset, out);
  }
}

void SctpAssociation::Core::OnReset(StreamId stream, Channel& channel,
                                    const SctpStreamsReset& reset, SctpOutput& out) {
  if (reset.failed) {
    // Ask again, e.g. because the peer had a request of its own under way.
    if (!reset.incoming && !channel.is_outgoing_reset) channel.is_reset_asked = false;
    return;
  }
  if (!reset.incoming) {
    if (channel.is_reset_asked) channel.is_outgoing_reset = true;
    return EraseIfReset(stream);
  }
  if (channel.is_incoming_reset) return;
  // RFC 8831 §6.7: the peer closed the channel, or confirms that we did; our half follows.
  channel.is_incoming_reset = true;
  channel.is_closing = true;
  partial_.erase({stream.value(), false});
  partial_.erase({stream.value(), true});
  DropQueued(stream);
  out.events.emplace_back(SctpChannelClosed{stream});
  EraseIfReset(stream);
}

void SctpAssociation::Core::EraseIfReset(StreamId stream) {
  const auto channel = channels_.find(stream);
  if (channel == channels_.end()) return;
  if (channel->second.is_outgoing_reset && channel->second.is_incoming_reset) {
    channels_.erase(channel);
  }
}

void SctpAssociation::Core::Enqueue(Queued message) {
  queued_bytes_ += message.bytes.size();
  ++channels_.at(message.stream).queued;
  queue_.push_back(std::move(message));
}

void SctpAssociation::Core::Flush(Timestamp now, SctpOutput& out) {
  if (state_ != State::kUp) return;
  while (!queue_.empty()) {
    const Queued& head = queue_.front();
    const auto found = channels_.find(head.stream);
    if (found != channels_.end() && now <= head.expires) {
      const Channel& channel = found->second;
      const bool is_control = head.ppid == kPpidDcep;
      SctpOutgoingMessage message{
          .stream = head.stream.value(), .ppid = head.ppid, .bytes = head.bytes};
      if (!is_control) {
        message.ordered = channel.parameters.ordered || !channel.is_acknowledged;
        message.max_retransmits = channel.parameters.max_retransmits;
        message.max_lifetime_ms = channel.parameters.max_lifetime_ms;
      }
      switch (socket_.Send(message)) {
        case SctpSocket::SendResult::kBlocked:
          return AskForResets();
        case SctpSocket::SendResult::kRefused:
          out.drops.Count(DropReason::kClosed);
          break;
        case SctpSocket::SendResult::kSent:
          break;
      }
    }
    if (found != channels_.end()) --found->second.queued;
    queued_bytes_ -= head.bytes.size();
    queue_.pop_front();
  }
  AskForResets();
}

void SctpAssociation::Core::AskForResets() {
  for (auto& [stream, channel] : channels_) {
    // Others' messages may wait on: a channel closes behind its own.
    if (!channel.is_closing || channel.is_reset_asked || channel.queued > 0) continue;
    channel.is_reset_asked = true;
    socket_.ResetOutgoingStream(stream.value());
  }
}

void SctpAssociation::Core::DropQueued(StreamId stream) {
  std::erase_if(queue_, [&](const Queued& message) {
    if (message.stream != stream) return false;
    queued_bytes_ -= message.bytes.size();
    return true;
  });
  if (const auto found = channels_.find(stream); found != channels_.end()) found->second.queued = 0;
}

void SctpAssociation::Core::GoDown(SctpOutput& out) {
  if (state_ == State::kDown) return;
  for (const auto& [stream, channel] : channels_) {
    if (!channel.is_incoming_reset) out.events.emplace_back(SctpChannelClosed{stream});
  }
  out.events.emplace_back(SctpDown());
  Abort(out);
}

void SctpAssociation::Core::UpdateTimer(Timestamp now) {
  next_timeout_ = kNever;
  if (state_ == State::kNew || state_ == State::kDown) return;
  const bool is_recent = now - last_activity_ < kActivePeriod;
  const bool waits = state_ == State::kConnecting || !queue_.empty() ||
                     std::any_of(channels_.begin(), channels_.end(),
                                 [](const auto& entry) { return entry.second.is_closing; });
  if (is_recent || waits || socket_.IsBusy()) {
    next_timeout_ = now + (is_recent ? SctpStack::kTick : kCoarseTick);
  }
}

std::optional<StreamId> SctpAssociation::Core::FreeStream() const {
  for (uint32_t stream = OurParity(); stream < outgoing_streams_; stream += 2) {
    const StreamId id(static_cast<uint16_t>(stream));
    if (!channels_.contains(id)) return id;
  }
  return std::nullopt;
}

std::size_t SctpAssociation::Core::MaxOutgoingMessage() const {
  // RFC 8841 §6.1: zero means that the peer takes any size.
  const std::size_t remote = config_.remote.max_message_size;
  return remote == 0 ? kMaxMessageSize : std::min(remote, kMaxMessageSize);
}

}  // namespace stellwerk
