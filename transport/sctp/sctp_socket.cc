#include "transport/sctp/sctp_socket.h"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "rtc/base/check.h"
#include "transport/sctp/usrsctp_callbacks.h"

namespace stellwerk {
namespace {

// In milliseconds. RFC 4960 §15 has 3000, 1000 and 60000 for networks of its time.
constexpr uint32_t kInitialRto = 500;
constexpr uint32_t kMinRto = 200;
constexpr uint32_t kMaxRto = 4000;
constexpr uint16_t kMaxInitAttempts = 10;

sockaddr_conn AddressOf(uintptr_t handle, uint16_t port) {
  sockaddr_conn address{};
#ifdef HAVE_SCONN_LEN
  address.sconn_len = sizeof(address);
#endif
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(port);
  address.sconn_addr = reinterpret_cast<void*>(handle);
  return address;
}

template <typename Option>
void Set(struct ::socket* socket, int level, int name, const Option& option) {
  STELLWERK_CHECK(usrsctp_setsockopt(socket, level, name, &option, sizeof(option)) == 0);
}

// Reads a notification's fixed part, if there is as much.
template <typename Event>
bool Read(std::span<const uint8_t> bytes, Event& event) {
  if (bytes.size() < sizeof(Event)) return false;
  std::memcpy(&event, bytes.data(), sizeof(Event));
  return true;
}

// What all notifications begin with.
struct NotificationHeader {
  uint16_t type;
  uint16_t flags;
  uint32_t length;
};

}  // namespace

SctpSocket::SctpSocket(SctpStack& stack, const Options& options)
    : stack_(stack), options_(options), handle_(stack.Register(*this)) {
  socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, &SctpCallbacks::OnReceive, nullptr,
                           0, reinterpret_cast<void*>(handle_));
  STELLWERK_CHECK(socket_ != nullptr);
  Configure();
}

SctpSocket::~SctpSocket() {
  Abort();
  stack_.Deregister(handle_);
}

void SctpSocket::Configure() {
  STELLWERK_CHECK(usrsctp_set_non_blocking(socket_, 1) == 0);
  // Closing aborts at once instead of lingering.
  Set(socket_, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  // Room for a whole message and a second one on its way: then usrsctp delivers messages in one
  // piece.
  const int buffer_size = static_cast<int>(options_.max_message_size * 5 / 2);
  Set(socket_, SOL_SOCKET, SO_RCVBUF, buffer_size);
  Set(socket_, SOL_SOCKET, SO_SNDBUF, buffer_size);
  Set(socket_, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT,
      static_cast<uint32_t>(options_.max_message_size + 1));
  Set(socket_, IPPROTO_SCTP, SCTP_NODELAY, uint32_t{1});
  Set(socket_, IPPROTO_SCTP, SCTP_INITMSG,
      sctp_initmsg{.sinit_num_ostreams = options_.streams,
                   .sinit_max_instreams = options_.streams,
                   .sinit_max_attempts = kMaxInitAttempts,
                   .sinit_max_init_timeo = static_cast<uint16_t>(kMaxRto)});
  Set(socket_, IPPROTO_SCTP, SCTP_RTOINFO,
      sctp_rtoinfo{.srto_assoc_id = SCTP_FUTURE_ASSOC,
                   .srto_initial = kInitialRto,
                   .srto_max = kMaxRto,
                   .srto_min = kMinRto});
  Set(socket_, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
      sctp_assoc_value{.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = SCTP_ENABLE_RESET_STREAM_REQ});
  // ICE keeps the path alive and DTLS fixes the packet size; so an idle association runs no timer.
  sctp_paddrparams path{};
  path.spp_address.ss_family = AF_CONN;
  path.spp_flags = SPP_HB_DISABLE | SPP_PMTUD_DISABLE;
  // Over AF_CONN usrsctp does not count the common header.
  constexpr uint32_t kCommonHeaderSize = 12;
  path.spp_pathmtu = static_cast<uint32_t>(options_.mtu) - kCommonHeaderSize;
  Set(socket_, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  for (const uint16_t type :
       {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_PARTIAL_DELIVERY_EVENT}) {
    Set(socket_, IPPROTO_SCTP, SCTP_EVENT,
        sctp_event{.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = type, .se_on = 1});
  }
}

bool SctpSocket::Connect() {
  sockaddr_conn local = AddressOf(handle_, options_.local_port);
  sockaddr_conn remote = AddressOf(handle_, options_.remote_port);
  if (usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof(local)) != 0) return false;
  return usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof(remote)) == 0 ||
         errno == EINPROGRESS;
}

void SctpSocket::HandlePacket(std::span<const uint8_t> packet) {
  usrsctp_conninput(reinterpret_cast<void*>(handle_), packet.data(), packet.size(), 0);
}

SctpSocket::SendResult SctpSocket::Send(const SctpOutgoingMessage& message) {
  if (socket_ == nullptr) return SendResult::kRefused;
  sctp_sendv_spa parameters{};
  parameters.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  parameters.sendv_sndinfo.snd_sid = message.stream;
  parameters.sendv_sndinfo.snd_ppid = htonl(message.ppid);
  parameters.sendv_sndinfo.snd_flags = message.ordered ? 0 : SCTP_UNORDERED;
  if (message.max_retransmits || message.max_lifetime_ms) {
    parameters.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    parameters.sendv_prinfo.pr_policy =
        message.max_retransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    parameters.sendv_prinfo.pr_value =
        message.max_retransmits ? *message.max_retransmits : *message.max_lifetime_ms;
  }
  const ssize_t sent = usrsctp_sendv(socket_, message.bytes.data(), message.bytes.size(), nullptr,
                                     0, &parameters, sizeof(parameters), SCTP_SENDV_SPA, 0);
  if (sent >= 0) return SendResult::kSent;
  return errno == EAGAIN || errno == EWOULDBLOCK ? SendResult::kBlocked : SendResult::kRefused;
}

void SctpSocket::ResetOutgoingStream(uint16_t stream) {
  if (socket_ == nullptr) return;
  struct {
    sctp_assoc_t assoc_id = SCTP_FUTURE_ASSOC;
    uint16_t flags = SCTP_STREAM_RESET_OUTGOING;
    uint16_t count = 1;
    uint16_t stream = 0;
  } request{.stream = stream};
  static_assert(offsetof(decltype(request), stream) == sizeof(sctp_reset_streams));
  // A refusal means that the association is ending, which is said elsewhere.
  static_cast<void>(
      usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, &request, sizeof(request)));
}

void SctpSocket::Abort() {
  if (socket_ != nullptr) usrsctp_close(std::exchange(socket_, nullptr));
}

bool SctpSocket::IsBusy() const {
  if (socket_ == nullptr) return false;
  sctp_status status{};
  socklen_t size = sizeof(status);
  if (usrsctp_getsockopt(socket_, IPPROTO_SCTP, SCTP_STATUS, &status, &size) != 0) return false;
  return status.sstat_unackdata != 0 || status.sstat_penddata != 0;
}

std::vector<std::vector<uint8_t>> SctpSocket::TakePackets() { return std::exchange(packets_, {}); }

std::vector<SctpIndication> SctpSocket::TakeIndications() {
  return std::exchange(indications_, {});
}

void SctpSocket::OnNotification(std::span<const uint8_t> bytes) {
  NotificationHeader header{};
  if (!Read(bytes, header)) return;
  switch (header.type) {
    case SCTP_ASSOC_CHANGE: {
      sctp_assoc_change change;
      if (!Read(bytes, change)) return;
      if (change.sac_state == SCTP_COMM_UP) {
        indications_.emplace_back(SctpAssociationUp{change.sac_outbound_streams});
      } else {
        // Also SCTP_RESTART: the peer has started anew and knows none of our channels.
        indications_.emplace_back(SctpAssociationLost());
      }
      return;
    }
    case SCTP_STREAM_RESET_EVENT: {
      constexpr std::size_t kFixedSize = sizeof(sctp_stream_reset_event);
      SctpStreamsReset reset;
      reset.incoming = (header.flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0;
      reset.failed = (header.flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) != 0;
      if (bytes.size() < kFixedSize) return;
      reset.streams.resize((bytes.size() - kFixedSize) / sizeof(uint16_t));
      if (!reset.streams.empty()) {
        std::memcpy(reset.streams.data(), bytes.data() + kFixedSize,
                    reset.streams.size() * sizeof(uint16_t));
      }
      indications_.emplace_back(std::move(reset));
      return;
    }
    case SCTP_PARTIAL_DELIVERY_EVENT: {
      sctp_pdapi_event event{};
      if (!Read(bytes, event)) return;
      indications_.emplace_back(SctpDeliveryAborted{static_cast<uint16_t>(event.pdapi_stream)});
      return;
    }
    default:
      return;
  }
}

}  // namespace stellwerk
