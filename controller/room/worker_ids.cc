#include "controller/room/worker_ids.h"

#include <array>
#include <cstdio>

#include "controller/auth/secure_random.h"

namespace stellwerk {

AnswerIds WorkerIds::ForAnswer() {
  AnswerIds ids;
  ids.session_id = random_->NextU64() >> 2;  // RFC 8829 §5.2.1: below 2^62 is safe for everybody
  ids.local_ice = NextIceParameters();
  ids.cname =
      RandomText(*random_, 16);  // RFC 7022: random, so that it tells nothing about a person
  ids.next_producer = next_producer_;
  ids.next_consumer = next_consumer_;
  ids.ssrc_seed = random_->NextU64();
  return ids;
}

IceParameters WorkerIds::NextIceParameters() {
  std::array<char, 9> count{};
  std::snprintf(count.data(), count.size(), "%06x", next_ufrag_++);
  return {RandomText(*random_, 6) + count.data(), RandomText(*random_, 24)};
}

}  // namespace stellwerk
