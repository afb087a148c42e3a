#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "rtc/base/packet_pool.h"
#include "transport/base/outbox.h"
#include "transport/base/tuple.h"
#include "transport/srtp/protector.h"

namespace stellwerk {

// RTP packets of all sessions that are to be protected together, for several at once cost less than
// one after the other. A packet becomes a datagram only in Flush(): no plaintext can be sent.
class ProtectQueue {
 public:
  // `job` is of the bytes of `packet`, and what it refers to lives until Flush().
  void Add(const Tuple& to, PacketRef packet, const ProtectJob& job) {
    packets_.push_back({.tuple = to, .packet = std::move(packet)});
    jobs_.push_back(job);
  }
  // Appends all to the datagrams of `out`, in the order in which they were added.
  void Flush(TransportOutbox& out) {
    ProtectBatch(jobs_);
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (!jobs_[i].result) {
        out.drops.Count(jobs_[i].result.error());
        continue;
      }
      packets_[i].packet.set_size(*jobs_[i].result);
      out.datagrams.push_back(std::move(packets_[i]));
    }
    packets_.clear();
    jobs_.clear();
  }
  [[nodiscard]] bool empty() const { return jobs_.empty(); }

 private:
  std::vector<OutgoingDatagram> packets_;
  std::vector<ProtectJob> jobs_;  // of the packet with the same index
};

}  // namespace stellwerk
