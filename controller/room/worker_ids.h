#pragma once

#include <cstdint>
#include <string>

#include "controller/sdp/answer.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"
#include "rtc/base/random.h"

namespace stellwerk {

// The ids of one worker's objects: counted up, never given out twice in the worker's life.
class WorkerIds {
 public:
  explicit WorkerIds(Random& random) : random_(&random) {}

  RouterId NextRouter() { return RouterId(next_router_++); }
  TransportId NextTransport() { return TransportId(next_transport_++); }
  DataProducerId NextDataProducer() { return DataProducerId(next_data_producer_++); }
  DataConsumerId NextDataConsumer() { return DataConsumerId(next_data_consumer_++); }
  // What one call of Answer() may take; give back with Commit() what it did not.
  AnswerIds ForAnswer();
  void Commit(const AnswerResult& result) {
    next_producer_ = result.next_producer;
    next_consumer_ = result.next_consumer;
  }

 private:
  // RFC 8445 §5.3: 24 bits of randomness in the ufrag, 128 in the password. The count in the ufrag
  // makes it unique.
  IceParameters NextIceParameters();

  Random* random_;
  uint32_t next_router_ = 1;
  uint32_t next_transport_ = 1;
  uint32_t next_data_producer_ = 1;
  uint32_t next_data_consumer_ = 1;
  ProducerId next_producer_{1};
  ConsumerId next_consumer_{1};
  uint32_t next_ufrag_ = 1;
};

}  // namespace stellwerk
