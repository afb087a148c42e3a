#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/sdp/answer_policy.h"
#include "controller/sdp/negotiated.h"
#include "controller/sdp/sdp_error.h"
#include "rtc/base/expected.h"
#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk {

// Freshly allocated values for one call of Answer(). What it takes of the counters is in the
// result.
struct AnswerIds {
  uint64_t session_id = 0;   // o= of the first answer; below 2^63
  IceParameters local_ice;   // used by the first answer and after an ICE restart
  std::string cname;         // of all slots
  ProducerId next_producer;  // this and the following ones are free
  ConsumerId next_consumer;
  uint64_t ssrc_seed = 0;  // from a good random source: the slots' SSRCs are drawn from it
};

// What the worker says about itself in its hello.
struct WorkerDescription {
  Fingerprint fingerprint;
  std::vector<Candidate> candidates;
};

struct NewProducer {
  ProducerId id;
  ProducerParameters parameters;
  std::string stream_id;  // RFC 8830 msid of the offer; may be empty or "-"
  std::string track_id;
};

struct NewConsumer {
  ConsumerId id;
  ConsumerParameters parameters;
};

// An m-line of which less was taken than offered, for the log and for the client's developer.
struct RefusedMedia {
  int line = 0;
  std::string mid;
  std::string reason;
};

struct AnswerResult {
  std::string answer;
  // The first answer of a connection: create the transport with local_ice and connect it to
  // `remote`.
  bool is_first = false;
  // The peer restarted ICE: the transport gets local_ice and remote.ice.
  bool ice_restart = false;
  // This offer brought the data section: connect the transport to `remote` again.
  bool sctp_added = false;
  IceParameters local_ice;
  RemoteTransportParameters remote;
  // To be applied in this order: removals, then additions.
  std::vector<ProducerId> removed_producers;
  std::vector<ConsumerId> removed_consumers;
  std::vector<NewProducer> add_producers;
  std::vector<NewConsumer> add_consumers;
  std::vector<RefusedMedia> refused;
  // The first ids that were not taken.
  ProducerId next_producer;
  ConsumerId next_consumer;
  // To be passed as `previous` with the peer's next offer.
  Negotiated next;
};

// The whole negotiation as one pure function (RFC 8829 §5.3, with the server always the answerer):
// from the offer, the policy, fresh ids, the worker and what was negotiated before to the answer
// and to what the worker must do. An m-line that sends becomes a producer, one that receives a
// slot, one that does both becomes both. What a re-offer does not change keeps its ids and SSRCs.
Expected<AnswerResult, SdpError> Answer(std::string_view offer, const AnswerPolicy& policy,
                                        const AnswerIds& ids, const WorkerDescription& worker,
                                        const Negotiated& previous);

}  // namespace stellwerk
