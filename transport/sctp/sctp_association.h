#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/drop_reason.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "transport/sctp/sctp_stack.h"

namespace stellwerk {

struct SctpMessage {
  StreamId stream;
  bool is_binary = false;
  std::vector<uint8_t> bytes;
};

// The association is up; what was queued goes out.
struct SctpUp {};
// It ended (aborted by the peer, or given up); all its channels were reported closed before.
struct SctpDown {};
// The peer opened a channel (RFC 8832).
struct SctpChannelOpened {
  StreamId stream;
  DataChannelParameters parameters;
};
// The peer closed the channel, or confirmed that we did. Comes once for each channel.
struct SctpChannelClosed {
  StreamId stream;
};
// There is room again for what Send() refused with kQueueFull.
struct SctpWritable {};
using SctpEvent =
    std::variant<SctpMessage, SctpUp, SctpDown, SctpChannelOpened, SctpChannelClosed, SctpWritable>;

// Appended to.
struct SctpOutput {
  std::vector<std::vector<uint8_t>> packets;  // for DTLS application data
  std::vector<SctpEvent> events;  // in the order in which they happened, messages among them
  DropCounters drops;
};

struct SctpConfig {
  // RFC 8832 §6: the DTLS client opens even streams, the server odd ones.
  DtlsRole dtls_role = DtlsRole::kServer;
  uint16_t local_port = 5000;
  SctpParameters remote{};
  // What waits to be sent, beyond what usrsctp itself has taken, in bytes; a single message may be
  // larger. Little: what waits here can neither be dropped for something newer nor be overtaken.
  std::size_t max_queued_bytes = std::size_t{128} << 10;
};

// Data channels of one transport (RFC 8831): one SCTP association over DTLS, by usrsctp.
class SctpAssociation {
 public:
  // Streams in each direction. usrsctp allocates for them beforehand: 256 take 38 kB, 65535 6.7 MB.
  static constexpr uint16_t kStreams = 256;
  // What we take and send at most in one message; a=max-message-size of the answer.
  static constexpr std::size_t kMaxMessageSize = std::size_t{256} * 1024;
  // Largest SCTP packet: with DTLS around it, it still fits kDtlsMtu.
  static constexpr std::size_t kMtu = 1160;

  SctpAssociation(SctpStack& stack, const SctpConfig& config);
  ~SctpAssociation();
  SctpAssociation(const SctpAssociation&) = delete;
  SctpAssociation& operator=(const SctpAssociation&) = delete;

  // Sends INIT. RFC 8831 §6.1: both sides do, as soon as DTLS is up.
  void Connect(Timestamp now, SctpOutput& out);
  void HandlePacket(Timestamp now, std::span<const uint8_t> packet, SctpOutput& out);
  void HandleTimeout(Timestamp now, SctpOutput& out);
  // kNever while nothing is on its way in either direction.
  [[nodiscard]] Timestamp NextTimeout() const;

  // May be called before the association is up. kNoBuffer: all our streams are in use. kTooLarge:
  // label or protocol. kClosed: the association ended.
  Expected<StreamId, DropReason> OpenChannel(Timestamp now, const DataChannelParameters& parameters,
                                             SctpOutput& out);
  // Queues one message. kUnknownStream: no such channel, or it is closing. kTooLarge: more than the
  // peer or we take. kQueueFull: come again at SctpWritable. kClosed: the association ended.
  Expected<std::monostate, DropReason> Send(Timestamp now, StreamId stream, bool is_binary,
                                            std::span<const uint8_t> bytes, SctpOutput& out);
  // RFC 8831 §6.7: resets our half of the stream once all before it is sent.
  void CloseChannel(Timestamp now, StreamId stream, SctpOutput& out);
  // Tells the peer that the association is over (ABORT).
  void Abort(SctpOutput& out);

  [[nodiscard]] bool is_up() const;
  // Bytes that wait for usrsctp to take them.
  [[nodiscard]] std::size_t queued_bytes() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace stellwerk
