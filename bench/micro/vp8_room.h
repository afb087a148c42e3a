#pragma once

#include <vector>

#include "bench/synthetic/video_source.h"
#include "rtc/base/outbox.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/router/router.h"

namespace stellwerk::bench {

// A room with one VP8 publisher and a number of subscribers with one slot each, fed with valid
// frames under virtual time.
class Vp8Room {
 public:
  explicit Vp8Room(int subscribers);

  // The publisher's next packet goes through the router; `out` gets what it causes.
  void Forward(RtcOutbox& out);

 private:
  void NextFrame();

  SeededRandom random_{1};
  PacketPool pool_;
  Router router_;
  synthetic::VideoSource source_;
  synthetic::MediaFrame frame_;
  std::size_t next_payload_ = 0;
  Timestamp now_;
  uint16_t seq_ = 0;
};

}  // namespace stellwerk::bench
