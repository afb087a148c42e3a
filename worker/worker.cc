#include "worker/worker.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "worker/notifications.h"
#include "worker/snapshot.h"
#include "worker/stats.h"

namespace stellwerk {
namespace {

// For what nobody notices if it is late: idle TCP connections, memory that became free.
constexpr TimeDelta kUpkeepPeriod = std::chrono::seconds(5);

void WarnOfSmallBuffers(const UdpStats& udp) {
  const UdpOptions wanted;
  const auto warn = [](std::string_view which, uint64_t granted, int bytes) {
    if (granted >= static_cast<uint64_t>(bytes)) return;
    spdlog::warn("udp: {} of {} bytes is too small for bursts, wanted {}: raise net.core.{}_max",
                 which == "rmem" ? "receive buffer" : "send buffer", granted, bytes, which);
  };
  warn("rmem", udp.receive_buffer_bytes, wanted.receive_buffer_bytes);
  warn("wmem", udp.send_buffer_bytes, wanted.send_buffer_bytes);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Worker>> Worker::Start(uv_loop_t* loop, const WorkerOptions& options,
                                                      absl::AnyInvocable<void()> on_orphaned) {
  auto identity = DtlsIdentity::Generate();
  if (!identity.ok()) return identity.status();
  std::unique_ptr<Worker> worker(new Worker(options, *std::move(identity), std::move(on_orphaned)));
  if (const absl::Status status = worker->Open(loop); !status.ok()) return status;
  return worker;
}

Worker::Worker(const WorkerOptions& options, DtlsIdentity identity,
               absl::AnyInvocable<void()> on_orphaned)
    : options_(options),
      on_orphaned_(std::move(on_orphaned)),
      identity_(std::move(identity)),
      endpoint_(pool_, random_, identity_, sctp_),
      path_(pool_, random_, endpoint_, options.gather),
      data_(endpoint_),
      commands_(objects_, endpoint_, path_, data_) {}

Worker::~Worker() = default;

absl::Status Worker::Open(uv_loop_t* loop) {
  auto event_loop =
      EventLoop::Create(loop, {.on_deadline = [this](Timestamp now) { HandleDeadline(now); },
                               .on_turn_end =
                                   [this](Timestamp now) {
                                     Settle(now);
                                     HandleHandshake(now);
                                     control_->Flush();
                                     return NextDeadline();
                                   }});
  if (!event_loop.ok()) return event_loop.status();
  loop_ = *std::move(event_loop);

  auto network = Network::Open(
      loop, pool_, [this] { return loop_->ReadClock(); }, options_,
      {.on_received =
           [this](std::span<ReceivedDatagram> batch) { HandleReceived(loop_->Now(), batch); },
       .on_tuple_closed =
           [this](const Tuple& tuple) { path_.HandleTupleClosed(loop_->Now(), tuple); },
       .is_known = [this](const Tuple& tuple) { return endpoint_.Knows(tuple); }});
  if (!network.ok()) return network.status();
  network_ = *std::move(network);
  WarnOfSmallBuffers(network_->stats().udp);

  hello_ = {.version = proto::kProtocolVersion,
            .pid = static_cast<uint32_t>(::getpid()),
            .fingerprint = identity_.fingerprint(),
            .candidates = network_->candidates()};
  // Last, for who can connect may ask for anything.
  auto control = ControlServer::Listen(
      loop, options_.control_path, hello_,
      {.on_request = [this](const proto::Request& request) { HandleRequest(request); },
       .on_seat_changed =
           [this](bool seated) {
             orphaned_at_ = seated ? kNever : loop_->Now() + options_.orphan_timeout;
           }});
  if (!control.ok()) return control.status();
  control_ = *std::move(control);
  orphaned_at_ = loop_->Now() + options_.orphan_timeout;
  next_upkeep_ = loop_->Now() + kUpkeepPeriod;
  return absl::OkStatus();
}

void Worker::Shutdown() {
  if (loop_ == nullptr) return;
  const Timestamp now = loop_->Now();
  commands_.CloseAll(now);
  Settle(now);
  control_.reset();
  network_.reset();
  loop_.reset();
}

void Worker::HandleRequest(const proto::Request& request) {
  const Timestamp now = loop_->Now();
  const auto respond = [&](proto::ResponseBody body) {
    control_->Send(proto::Response{request.id, std::move(body)});
  };
  if (std::holds_alternative<proto::Snapshot>(request.body)) {
    // What has happened before the question belongs in the answer.
    Settle(now);
    for (proto::SnapshotChunk& chunk : TakeSnapshot(objects_, data_)) respond(std::move(chunk));
  } else if (std::holds_alternative<proto::GetStats>(request.body)) {
    const bool with_objects = std::get<proto::GetStats>(request.body).objects;
    const StatsSources sources{objects_,       data_,
                               path_,          endpoint_,
                               pool_,          network_->stats(),
                               loop_->turns(), commands_.past_freezes()};
    for (proto::StatsChunk& chunk : CollectStats(sources, with_objects, now))
      respond(std::move(chunk));
  } else if (const auto* query = std::get_if<proto::GetTransportStats>(&request.body)) {
    auto chunks = CollectTransportStats(objects_, data_, path_, query->transport, now);
    if (!chunks.ok())
      respond(ToError(chunks.status()));
    else
      for (proto::TransportStatsChunk& chunk : *chunks) respond(std::move(chunk));
  } else if (const absl::Status status = commands_.Execute(request.body, now); status.ok()) {
    respond(proto::Ok{});
  } else {
    respond(ToError(status));
  }
}

void Worker::HandleReceived(Timestamp now, std::span<ReceivedDatagram> batch) {
  const auto is_known = [this](const Tuple& tuple) { return endpoint_.Knows(tuple); };
  path_.HandleBatch(now, handshakes_.Sift(batch, is_known));
  while (path_.AdvanceSome(now)) SendDatagrams();
  // What is due leaves with what the batch has caused: one call to the kernel less.
  if (path_.NextTimeout() <= now) path_.HandleTimeout(now);
  Settle(now);
}

void Worker::HandleHandshake(Timestamp now) {
  // One a turn: what comes in meanwhile goes before the next.
  auto datagram = handshakes_.Take();
  if (!datagram) return;
  path_.HandleBatch(now, std::span(&*datagram, 1));
  Settle(now);
}

void Worker::HandleDeadline(Timestamp now) {
  path_.HandleTimeout(now);
  data_.HandleTimeout(now);
  control_->HandleTimeout(now);
  if (next_upkeep_ <= now) {
    network_->CloseIdleConnections(now);
    heap_.HandleTimeout(now);
    next_upkeep_ = now + kUpkeepPeriod;
  }
  if (orphaned_at_ <= now) {
    orphaned_at_ = kNever;
    spdlog::warn("no controller for {} s", options_.orphan_timeout / std::chrono::seconds(1));
    on_orphaned_();
  }
}

Timestamp Worker::NextDeadline() const {
  if (!handshakes_.empty()) return Timestamp();
  return std::min({path_.NextTimeout(), data_.NextTimeout(), control_->NextTimeout(), next_upkeep_,
                   orphaned_at_});
}

void Worker::Settle(Timestamp now) {
  TransportOutbox& out = path_.transport_outbox();
  // Handling an event may cause one more, hardly ever a third; what is left then waits for the next
  // turn.
  for (int i = 0; i < 3; ++i) {
    while (path_.AdvanceSome(now)) SendDatagrams();
    HandleTransportEvents(now);
    HandleRtcEvents();
    if (out.events.empty() && out.media.empty() && out.data.empty()) break;
  }
  SendDatagrams();
}

void Worker::SendDatagrams() {
  // Taken out first: a TCP connection that breaks while we send appends to the outbox.
  sending_.swap(path_.transport_outbox().datagrams);
  if (!sending_.empty()) network_->Send(sending_);
  sending_.clear();
}

void Worker::HandleTransportEvents(Timestamp now) {
  TransportOutbox& out = path_.transport_outbox();
  auto& events = path_.transport_events();
  // Messages may have come with the opening of their channel and with its end: so openings,
  // messages, ends.
  std::vector<proto::DataChannelClosed> closings;
  for (const TransportEvent& event : events) {
    if (const auto* writable = std::get_if<DataChannelsWritable>(&event))
      data_.HandleWritable(writable->transport, now, out);
    auto notification = ToNotification(event);
    if (!notification) continue;
    if (const auto* changed = std::get_if<proto::TransportPhaseChanged>(&*notification)) {
      if (auto* transport = objects_.Find(changed->transport))
        transport->snapshot.phase = changed->phase;
    } else if (const auto* opened = std::get_if<proto::DataChannelOpened>(&*notification)) {
      // Not for one that was closed in this very turn: nobody would ever claim the channel.
      if (objects_.Find(opened->transport) != nullptr) data_.HandleOpened(*opened);
    } else if (const auto* connected = std::get_if<proto::SctpConnected>(&*notification)) {
      if (auto* transport = objects_.Find(connected->transport)) {
        transport->snapshot.sctp_connected = true;
        data_.HandleSctpConnected(connected->transport, now, out);
      }
    } else if (const auto* closed = std::get_if<proto::DataChannelClosed>(&*notification)) {
      closings.push_back(*closed);
      continue;
    }
    Notify(*std::move(notification));
  }
  events.clear();
  // Sending to subscribers appends to the outbox, but never messages.
  for (ReceivedData& data : out.data) data_.HandleData(std::move(data), now, out);
  out.data.clear();
  for (const proto::DataChannelClosed& closing : closings) {
    if (auto closed = data_.HandleClosed(closing.transport, closing.stream, now, out))
      Notify(*std::move(closed));
  }
}

void Worker::HandleRtcEvents() {
  auto& events = path_.rtc_events();
  for (const RtcEvent& event : events) {
    proto::Notification notification = ToNotification(event);
    if (const auto* changed = std::get_if<proto::ConsumerSourceChanged>(&notification)) {
      if (auto* consumer = objects_.Find(changed->consumer)) consumer->source = changed->source;
    } else if (const auto* activity = std::get_if<proto::ProducerActivityChanged>(&notification)) {
      if (auto* producer = objects_.Find(activity->producer)) producer->active = activity->active;
    } else if (const auto* wanted = std::get_if<proto::ProducerEncodingsWanted>(&notification)) {
      if (auto* producer = objects_.Find(wanted->producer))
        producer->encodings_wanted = wanted->encodings;
    }
    Notify(std::move(notification));
  }
  events.clear();
}

void Worker::Notify(proto::Notification notification) { control_->Send(std::move(notification)); }

}  // namespace stellwerk
