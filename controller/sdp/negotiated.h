#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/sdp/session_description.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

struct NegotiatedProducer {
  ProducerId id;
  ProducerParameters parameters;
  friend bool operator==(const NegotiatedProducer&, const NegotiatedProducer&) = default;
};
struct NegotiatedConsumer {
  ConsumerId id;
  ConsumerParameters parameters;
  friend bool operator==(const NegotiatedConsumer&, const NegotiatedConsumer&) = default;
};

// What one m-line became.
struct NegotiatedMedia {
  std::string mid;
  MediaType type = MediaType::kOther;
  bool rejected = false;  // port 0: the m-line may be reused for something else (RFC 8829 §5.2.2)
  std::optional<NegotiatedProducer> producer;
  std::optional<NegotiatedConsumer> consumer;
  friend bool operator==(const NegotiatedMedia&, const NegotiatedMedia&) = default;
};

// What the last answer of a connection settled. Plain data; a default one means "nothing yet".
struct Negotiated {
  uint64_t session_id = 0;
  uint64_t session_version = 0;  // 0 = nothing was negotiated yet
  IceParameters local_ice;
  RemoteTransportParameters remote;
  std::vector<NegotiatedMedia> media;  // by m-line index
  friend bool operator==(const Negotiated&, const Negotiated&) = default;
};

}  // namespace stellwerk
