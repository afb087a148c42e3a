#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

// What a worker tells its controller unasked.
namespace stellwerk::proto {

enum class TransportPhase : uint8_t {
  kNew,
  kConnected,     // ICE has an address and DTLS has keys
  kDisconnected,  // no authenticated check for a few seconds; may come back
  kGone,          // no authenticated check for 30 s (RFC 7675), or closed by the peer
  kFailed,        // wrong fingerprint, DTLS alert
};

// A transport that is kGone or kFailed stays until CloseTransport; RestartIce may revive one that
// was kGone for silence.
struct TransportPhaseChanged {
  TransportId transport;
  TransportPhase phase = TransportPhase::kNew;
  std::string reason;  // for kGone and kFailed
  friend bool operator==(const TransportPhaseChanged&, const TransportPhaseChanged&) = default;
};
// Data channels can be opened.
struct SctpConnected {
  TransportId transport;
  friend bool operator==(const SctpConnected&, const SctpConnected&) = default;
};
// The peer opened a data channel; answer with CreateDataProducer.
struct DataChannelOpened {
  TransportId transport;
  StreamId stream;
  DataChannelParameters channel;
  friend bool operator==(const DataChannelOpened&, const DataChannelOpened&) = default;
};
// The peer closed a channel, and with it what was on it: a data producer, whose data consumers are
// closed too, or a data consumer; neither if the channel had not been taken in yet.
struct DataChannelClosed {
  TransportId transport;
  StreamId stream;
  std::optional<DataProducerId> data_producer;
  std::optional<DataConsumerId> data_consumer;
  friend bool operator==(const DataChannelClosed&, const DataChannelClosed&) = default;
};
// A slot in SlotMode::kLoudest now carries another producer.
struct ConsumerSourceChanged {
  ConsumerId consumer;
  std::optional<ProducerId> source;
  friend bool operator==(const ConsumerSourceChanged&, const ConsumerSourceChanged&) = default;
};
// Producers in order of loudness; empty = silence.
struct ActiveSpeakersChanged {
  RouterId router;
  std::vector<ProducerId> loudest;
  friend bool operator==(const ActiveSpeakersChanged&, const ActiveSpeakersChanged&) = default;
};
// A producer's media began to arrive, or has stopped for a while.
struct ProducerActivityChanged {
  ProducerId producer;
  bool active = false;
  friend bool operator==(const ProducerActivityChanged&, const ProducerActivityChanged&) = default;
};
// A slot can't carry its source: no common codec.
struct ConsumerCodecUnsupported {
  ConsumerId consumer;
  ProducerId producer;
  friend bool operator==(const ConsumerCodecUnsupported&,
                         const ConsumerCodecUnsupported&) = default;
};

// Which encodings of a producer somebody watches, a bit each, in the order of
// ProducerParameters::encodings; its publisher may pause the others.
struct ProducerEncodingsWanted {
  ProducerId producer;
  uint32_t encodings = 0;
  friend bool operator==(const ProducerEncodingsWanted&, const ProducerEncodingsWanted&) = default;
};

using Notification =
    std::variant<TransportPhaseChanged, SctpConnected, DataChannelOpened, DataChannelClosed,
                 ConsumerSourceChanged, ActiveSpeakersChanged, ProducerActivityChanged,
                 ConsumerCodecUnsupported, ProducerEncodingsWanted>;

}  // namespace stellwerk::proto
