#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "rtc/base/drop_reason.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/base/tuple.h"

// What the secure transports want sent, and what came out of them.
namespace stellwerk {

// Ciphertext (or STUN, DTLS) on its way to the network.
struct OutgoingDatagram {
  Tuple tuple;
  PacketRef packet;
};

// Decrypted and authenticated RTP or RTCP; the packet holds exactly the plaintext.
struct ReceivedMedia {
  TransportId transport;
  bool is_rtcp = false;
  // RTP as it came, neither decrypted nor authenticated: only of SSRCs with
  // ReceiveMode::kCountOnly.
  bool is_protected = false;
  uint16_t wire_size = 0;  // bytes of SRTP or SRTCP
  Timestamp arrival;       // the kernel's receive stamp
  PacketRef packet;
};

// One whole message of a data channel.
struct ReceivedData {
  TransportId transport;
  StreamId stream;
  bool is_binary = false;
  std::vector<uint8_t> bytes;
};

enum class TransportState : uint8_t {
  kNew,
  kConnected,     // ICE has a selected address and DTLS has keys
  kDisconnected,  // no authenticated check for a few seconds; may come back
  kGone,          // no authenticated check for 30 s (RFC 7675), or closed by the peer
  kFailed,        // wrong fingerprint, no common SRTP profile, DTLS alert
};

struct TransportStateChanged {
  TransportId transport;
  TransportState state = TransportState::kNew;
  std::string reason;  // for kFailed and kGone, without addresses
};
// The first TCP or UDP address, or a move to another one.
struct SelectedTupleChanged {
  TransportId transport;
  Tuple tuple;
};
// RFC 8832: the peer opened a data channel.
struct DataChannelOpened {
  TransportId transport;
  StreamId stream;
  DataChannelParameters channel;
};
struct DataChannelClosed {
  TransportId transport;
  StreamId stream;
};
// The SCTP association is up: channels can be opened.
struct SctpConnected {
  TransportId transport;
};
// The transport's data channels take messages again, after one was refused with kQueueFull.
struct DataChannelsWritable {
  TransportId transport;
};
using TransportEvent = std::variant<TransportStateChanged, SelectedTupleChanged, DataChannelOpened,
                                    DataChannelClosed, SctpConnected, DataChannelsWritable>;

struct TransportOutbox {
  std::vector<OutgoingDatagram> datagrams;
  std::vector<ReceivedMedia> media;
  std::vector<ReceivedData> data;
  std::vector<TransportEvent> events;
  DropCounters drops;

  // Empties the lists and keeps their memory; the counters stay.
  void Clear() {
    datagrams.clear();
    media.clear();
    data.clear();
    events.clear();
  }
};

}  // namespace stellwerk
