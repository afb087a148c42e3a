#include "bench/micro/webinar.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "bench/micro/vp8_camera.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/rtcp/compound.h"
#include "rtc/rtp/header_extensions/stream_identifiers.h"
#include "rtc/rtp/header_extensions/transport_sequence_number.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "rtc/rtp/rtp_packet_view.h"
#include "transport/demux/packet_kind.h"

namespace stellwerk::bench {
namespace {

using std::chrono::milliseconds;

constexpr RouterId kRoom{1};
constexpr TransportId kPublisher{1};
constexpr uint32_t kFirstViewer = 10;
constexpr ProducerId kProducer{1};
constexpr ExtensionId kMidId{1};
constexpr ExtensionId kTransportCcId{2};
constexpr TimeDelta kFrameInterval = milliseconds(10);
constexpr Ssrc kViewerSsrc{5};

const SocketAddress kServer = *SocketAddress::Parse("192.0.2.1:4000");

ProducerParameters Camera() {
  ProducerParameters camera = Vp8Camera();
  camera.extensions.Set(RtpExtension::kMid, kMidId);
  camera.extensions.Set(RtpExtension::kTransportCc, kTransportCcId);
  return camera;
}

Ssrc MediaSsrcOf(TransportId viewer) { return Ssrc(10'000 + 2 * viewer.value()); }

ConsumerParameters SlotOf(TransportId viewer) {
  ConsumerParameters slot;
  slot.kind = MediaKind::kVideo;
  slot.mid = *Mid::From("1");
  slot.mode = SlotMode::kAssigned;
  slot.ssrc = MediaSsrcOf(viewer);
  slot.rtx_ssrc = Ssrc(slot.ssrc.value() + 1);
  slot.cname = "bench";
  slot.codecs = {Vp8Codec()};
  slot.extensions.Set(RtpExtension::kMid, kMidId);
  slot.extensions.Set(RtpExtension::kTransportCc, kTransportCcId);
  return slot;
}

// Four packets of 1.1 kB, a hundred times a second, in three temporal layers.
synthetic::VideoConfig Picture() {
  synthetic::VideoConfig config;
  config.layers = {{"", {1280, 720}, DataRate::KilobitsPerSecond(3520)}};
  config.frames_per_second = 100;
  return config;
}

SocketAddress AddressOf(TransportId id) {
  return *SocketAddress::Parse("198.51.100.1:" + std::to_string(5000 + id.value()));
}

IceParameters IceOf(const std::string& side, TransportId id) {
  return {side + std::to_string(id.value()), "0123456789012345678901234"};
}

}  // namespace

Webinar::Webinar(const Config& config)
    : config_(config),
      now_(std::chrono::seconds(1'700'000'000)),
      server_identity_(*DtlsIdentity::Generate()),
      client_identity_(*DtlsIdentity::Generate()),
      server_(pool_, random_, server_identity_, sctp_),
      clients_(pool_, random_, client_identity_, sctp_),
      path_(std::make_unique<PacketPath>(pool_, random_, server_, config.gather)),
      source_(Picture(), 0, random_) {
  STELLWERK_CHECK(path_->AddRouter(kRoom).ok());
  Join(kPublisher);
  STELLWERK_CHECK(router().AddProducer(kProducer, kPublisher, Camera(), now_).ok());
  for (int i = 0; i < config.subscribers; ++i) {
    const TransportId id(kFirstViewer + static_cast<uint32_t>(i));
    Join(id);
    const ConsumerId consumer(1 + static_cast<uint32_t>(i));
    STELLWERK_CHECK(router().AddConsumer(consumer, id, SlotOf(id), now_).ok());
    STELLWERK_CHECK(
        router().SetConsumerSource(consumer, kProducer, now_, path_->rtc_outbox()).ok());
    Viewer& viewer = viewers_.emplace_back();
    viewer.id = id;
    viewer.address = AddressOf(id);
    // Not all at once.
    viewer.feedback_at = now_ + config.feedback * i / config.subscribers;
  }
  path_->TouchRouter(router());
  Connect();
}

Webinar::~Webinar() {
  clients_out_.Clear();
  path_->transport_outbox().Clear();
}

void Webinar::Join(TransportId id) {
  const Tuple pair{.protocol = IpProtocol::kUdp, .local = AddressOf(id), .remote = kServer};
  const IceParameters ours = IceOf("server", id);
  const IceParameters theirs = IceOf("client", id);
  STELLWERK_CHECK(server_.AddSession({.id = id, .local_ice = ours}, now_).ok());
  STELLWERK_CHECK(path_->AddTransport(kRoom, id, now_).ok());
  STELLWERK_CHECK(server_
                      .Connect(id,
                               {.ice = theirs,
                                .fingerprint = client_identity_.fingerprint(),
                                .our_role = DtlsRole::kServer,
                                .sctp = std::nullopt},
                               now_, path_->transport_outbox())
                      .ok());
  STELLWERK_CHECK(
      clients_
          .AddSession(
              {.id = id, .local_ice = theirs, .controlling = true, .candidate_pairs = {pair}}, now_)
          .ok());
  STELLWERK_CHECK(clients_
                      .Connect(id,
                               {.ice = ours,
                                .fingerprint = server_identity_.fingerprint(),
                                .our_role = DtlsRole::kClient,
                                .sctp = std::nullopt},
                               now_, clients_out_)
                      .ok());
}

void Webinar::Connect() {
  const auto connected = [&](TransportId id) {
    return server_.StatsOf(id)->state == TransportState::kConnected &&
           clients_.StatsOf(id)->state == TransportState::kConnected;
  };
  const auto all_connected = [&] {
    return connected(kPublisher) &&
           std::all_of(viewers_.begin(), viewers_.end(),
                       [&](const Viewer& viewer) { return connected(viewer.id); });
  };
  for (int turn = 0; !all_connected(); ++turn) {
    STELLWERK_CHECK(turn < 1000);
    now_ += milliseconds(1);
    clients_.HandleTimeout(now_, clients_out_);
    Upload(feedback_);
    Serve();
    for (OutgoingDatagram& datagram : sent_) {
      const Tuple from{datagram.tuple.protocol, datagram.tuple.remote, datagram.tuple.local};
      clients_.HandleDatagram(now_, now_, from, std::move(datagram.packet), clients_out_);
    }
    path_->transport_events().clear();
    clients_out_.events.clear();
  }
  next_frame_ = now_;
}

void Webinar::Prepare() {
  next_frame_ += kFrameInterval;
  now_ = next_frame_;
  clients_.HandleTimeout(now_, clients_out_);
  for (Viewer& viewer : viewers_) Report(viewer);
  Upload(feedback_);
  MakeFrame();
  Upload(media_);
}

void Webinar::MakeFrame() {
  const synthetic::MediaFrame frame = source_.NextFrame(now_);
  for (std::size_t i = 0; i < frame.payloads.size(); ++i) {
    const auto& payload = frame.payloads[i];
    RtpHeaderWriter header({.payload_type = kVp8,
                            .marker = i + 1 == frame.payloads.size(),
                            .sequence_number = SeqNum(sequence_++),
                            .timestamp = RtpTimestamp(static_cast<uint32_t>(
                                ToMicroseconds(now_.time_since_epoch()) * 9 / 100)),
                            .ssrc = kSourceSsrc});
    header.AddExtension(kMidId, StreamIdentifierBytes("0").bytes());
    header.AddExtension(kTransportCcId,
                        SerializeTransportSeqNum(TransportSeqNum(transport_sequence_++)));
    PacketRef packet = pool_.Allocate(header.size() + payload.size() + 64);
    ByteWriter writer(packet.mutable_buffer());
    header.WriteTo(writer);
    writer.WriteBytes(payload);
    packet.set_size(writer.size());
    clients_.SendRtp(kPublisher, std::move(packet), clients_out_);
  }
}

void Webinar::Report(Viewer& viewer) {
  if (!viewer.lost.empty()) {
    const std::array<RtcpMessage, 1> nack = {
        Nack::For(kViewerSsrc, MediaSsrcOf(viewer.id), viewer.lost)};
    Send(viewer.id, nack);
    viewer.lost.clear();
  }
  if (config_.feedback.count() == 0 || now_ < viewer.feedback_at) return;
  viewer.feedback_at += config_.feedback;
  const auto feedback = viewer.recorder.HandleTimeout(viewer.recorder.NextTimeout(), kViewerSsrc,
                                                      MediaSsrcOf(viewer.id));
  ReceiverReport report;
  report.sender = kViewerSsrc;
  report.report_blocks.push_back({.source = MediaSsrcOf(viewer.id)});
  for (const TransportFeedback& message : feedback) {
    const std::array<RtcpMessage, 2> compound = {report, message};
    Send(viewer.id, compound);
  }
}

void Webinar::Send(TransportId from, std::span<const RtcpMessage> messages) {
  clients_.SendRtcp(from, SerializeRtcp(messages), clients_out_);
  ++reports_;
}

void Webinar::Upload(std::vector<ReceivedDatagram>& batch) {
  clients_.Flush(clients_out_);
  batch.clear();
  for (OutgoingDatagram& datagram : clients_out_.datagrams) {
    const Tuple from{datagram.tuple.protocol, datagram.tuple.remote, datagram.tuple.local};
    batch.push_back({from, now_, std::move(datagram.packet)});
  }
  clients_out_.Clear();
}

void Webinar::ServeFeedback() {
  sent_.clear();
  path_->HandleBatch(now_, feedback_);
  path_->Advance(now_);
}

void Webinar::ServeMedia() {
  path_->HandleBatch(now_, media_);
  path_->Advance(now_);
}

void Webinar::ServeTimers() {
  // Until the next frame.
  const Timestamp end = now_ + kFrameInterval;
  for (Timestamp at = path_->NextTimeout(); at < end; at = path_->NextTimeout()) {
    now_ = std::max(now_, at);
    path_->HandleTimeout(now_);
    path_->Advance(now_);
  }
  sent_.swap(path_->transport_outbox().datagrams);
}

void Webinar::Collect() {
  path_->rtc_events().clear();
  path_->transport_events().clear();
  for (const OutgoingDatagram& datagram : sent_) Take(datagram);
}

void Webinar::Take(const OutgoingDatagram& datagram) {
  const auto bytes = datagram.packet.bytes();
  const auto kind = ClassifyPacket(bytes);
  const auto viewer = static_cast<std::size_t>(datagram.tuple.remote.port) - 5000 - kFirstViewer;
  if (viewer >= viewers_.size() || kind == PacketKind::kStun) {
    const Tuple from{datagram.tuple.protocol, datagram.tuple.remote, datagram.tuple.local};
    clients_.HandleDatagram(now_, now_, from, pool_.Copy(bytes), clients_out_);
    // A keyframe is what the server may want of the publisher.
    for (const ReceivedMedia& media : clients_out_.media) {
      const auto compound = ParseRtcp(media.packet.bytes());
      for (const RtcpMessage& message : compound->messages) {
        if (std::holds_alternative<Pli>(message)) source_.RequestKeyframe();
      }
    }
    clients_out_.media.clear();
    return;
  }
  if (kind != PacketKind::kRtp) return;
  ++forwarded_;
  const auto view = RtpPacketView::ParseProtected(bytes);
  STELLWERK_CHECK(view);
  const auto data = view->FindExtension(kTransportCcId);
  STELLWERK_CHECK(data);
  Viewer& to = viewers_[viewer];
  const bool is_media = view->ssrc() == MediaSsrcOf(to.id);
  if (!is_media) ++retransmitted_;
  if (random_.NextU32() % 1000 < config_.lost_per_thousand) {
    if (is_media) to.lost.push_back(view->sequence_number());
    return;
  }
  to.recorder.OnPacket(*ParseTransportSeqNum(*data), now_, now_);
}

}  // namespace stellwerk::bench
