#pragma once

#include <gtest/gtest.h>
#include <uv.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "rtc/base/byte_writer.h"
#include "rtc/base/random.h"
#include "rtc/rtp/rtp_header_writer.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "transport/udp/udp_socket.h"
#include "worker/media_clock_reader.h"

namespace stellwerk {

// A participant on a real UDP socket: controlling ICE, DTLS client, SRTP and data channels, no SDP.
// Remembers all that came.
class Peer {
 public:
  Peer(uv_loop_t* loop, SctpStack& sctp, TransportId id)
      : id_(id), random_(id.value()), endpoint_(pool_, random_, identity_, sctp) {
    auto socket = UdpSocket::Bind(
        loop, pool_, *SocketAddress::Parse("127.0.0.1:0"), [this] { return clock_.Now(); },
        [this](std::span<ReceivedDatagram> batch) {
          for (ReceivedDatagram& datagram : batch) {
            endpoint_.HandleDatagram(clock_.Now(), datagram.arrival, datagram.tuple,
                                     std::move(datagram.packet), out_);
          }
          Settle();
        });
    EXPECT_TRUE(socket.ok()) << socket.status();
    socket_ = *std::move(socket);
    uv_timer_init(loop, &timer_);
    timer_.data = this;
    uv_timer_start(
        &timer_,
        [](uv_timer_t* timer) {
          auto* self = static_cast<Peer*>(timer->data);
          self->endpoint_.HandleTimeout(self->clock_.Now(), self->out_);
          self->Settle();
        },
        10, 10);
  }
  // Before the loop goes; the loop must turn once more.
  void Close() {
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
    socket_.reset();
  }

  [[nodiscard]] IceParameters ice() const {
    return {.ufrag = "peer" + std::to_string(id_.value()),
            .pwd = "a password of enough characters"};
  }
  // What the controller tells the worker about this peer.
  [[nodiscard]] RemoteTransportParameters parameters() const {
    return {.ice = ice(),
            .fingerprint = identity_.fingerprint(),
            .our_role = DtlsRole::kServer,
            .sctp = SctpParameters{}};
  }
  void Connect(const SocketAddress& server, const IceParameters& server_ice,
               const Fingerprint& server_fingerprint) {
    const Tuple pair{
        .protocol = IpProtocol::kUdp, .local = socket_->local_address(), .remote = server};
    ASSERT_TRUE(
        endpoint_
            .AddSession(
                {.id = id_, .local_ice = ice(), .controlling = true, .candidate_pairs = {pair}},
                clock_.Now())
            .ok());
    ASSERT_TRUE(endpoint_
                    .Connect(id_,
                             {.ice = server_ice,
                              .fingerprint = server_fingerprint,
                              .our_role = DtlsRole::kClient,
                              .sctp = SctpParameters{}},
                             clock_.Now(), out_)
                    .ok());
    Settle();
  }

  // One packet; its payload is `text`.
  void SendRtp(const RtpHeader& fields, ExtensionId mid_id, std::string_view mid,
               std::string_view text) {
    RtpHeaderWriter header(fields);
    header.AddExtension(mid_id, std::vector<uint8_t>(mid.begin(), mid.end()));
    PacketRef packet = pool_.Allocate(256);
    ByteWriter writer(packet.mutable_buffer());
    header.WriteTo(writer);
    writer.WriteText(text);
    packet.set_size(writer.size());
    endpoint_.SendRtp(id_, std::move(packet), out_);
    endpoint_.Flush(out_);
    Settle();
  }
  StreamId OpenChannel(const std::string& label) {
    DataChannelParameters channel;
    channel.label = label;
    const auto stream = endpoint_.OpenDataChannel(id_, channel, clock_.Now(), out_);
    EXPECT_TRUE(stream.ok()) << stream.status();
    Settle();
    return stream.ok() ? *stream : StreamId();
  }
  void SendText(StreamId stream, std::string_view text) {
    const std::vector<uint8_t> bytes(text.begin(), text.end());
    EXPECT_TRUE(endpoint_.SendData(id_, stream, false, bytes, clock_.Now(), out_).has_value());
    Settle();
  }
  void CloseChannel(StreamId stream) {
    endpoint_.CloseDataChannel(id_, stream, clock_.Now(), out_);
    Settle();
  }

  template <typename Event>
  [[nodiscard]] std::vector<Event> Events() const {
    std::vector<Event> found;
    for (const TransportEvent& event : events_) {
      if (const auto* wanted = std::get_if<Event>(&event)) found.push_back(*wanted);
    }
    return found;
  }
  [[nodiscard]] TransportState state() const {
    const auto changes = Events<TransportStateChanged>();
    return changes.empty() ? TransportState::kNew : changes.back().state;
  }
  [[nodiscard]] const std::vector<PacketRef>& rtp() const { return rtp_; }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const ReceivedData& data : data_) texts.emplace_back(data.bytes.begin(), data.bytes.end());
    return texts;
  }

 private:
  void Settle() {
    socket_->Send(out_.datagrams);
    for (ReceivedMedia& media : out_.media) {
      if (!media.is_rtcp) rtp_.push_back(std::move(media.packet));
    }
    std::move(out_.data.begin(), out_.data.end(), std::back_inserter(data_));
    std::move(out_.events.begin(), out_.events.end(), std::back_inserter(events_));
    out_.Clear();
  }

  TransportId id_;
  PacketPool pool_;
  SeededRandom random_;
  MediaClockReader clock_;
  DtlsIdentity identity_ = *DtlsIdentity::Generate();
  TransportOutbox out_;
  std::vector<PacketRef> rtp_;
  std::vector<ReceivedData> data_;
  std::vector<TransportEvent> events_;
  Endpoint endpoint_;
  std::unique_ptr<UdpSocket> socket_;
  uv_timer_t timer_;
};

}  // namespace stellwerk
