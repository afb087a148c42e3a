#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/synthetic/video_source.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/producer/transport_cc_recorder.h"
#include "rtc/rtcp/compound.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "worker/packet_path.h"

namespace stellwerk::bench {

// One publisher of a picture and many who watch, on a server's whole packet path: real ICE, DTLS
// and SRTP, in memory and in virtual time. What the server does is separate from what the
// participants do, so that it can be measured alone: Prepare(), then Serve(), then Collect(), again
// and again, a frame each. The same seed gives the same packets but for keys and ciphertext.
class Webinar {
 public:
  struct Config {
    int subscribers = 199;
    TimeDelta gather = std::chrono::milliseconds(1);
    // Of a thousand packets to a subscriber; it asks for them once more.
    uint32_t lost_per_thousand = 5;
    // From one transport-cc feedback of a subscriber to its next; zero: never any.
    TimeDelta feedback = std::chrono::milliseconds(100);
  };

  explicit Webinar(const Config& config);
  ~Webinar();
  Webinar(const Webinar&) = delete;
  Webinar& operator=(const Webinar&) = delete;

  // The participants' part: the publisher's next frame and the feedback that is due by then.
  void Prepare();
  // The server's part: all that Prepare() made, timers included. What it sends it leaves where
  // Collect() finds it.
  void Serve() {
    ServeFeedback();
    ServeMedia();
    ServeTimers();
  }
  // Its three steps. Answers to NACKs are made in the first, reports in the last.
  void ServeFeedback();
  void ServeMedia();
  void ServeTimers();
  // The participants' part again: takes what was sent.
  void Collect();

  // Protected packets of all kinds that went to subscribers in the last Serve().
  [[nodiscard]] std::span<const OutgoingDatagram> sent() const { return sent_; }
  // RTP packets sent to subscribers so far, and those of them that were sent again.
  [[nodiscard]] uint64_t forwarded() const { return forwarded_; }
  [[nodiscard]] uint64_t retransmitted() const { return retransmitted_; }
  // Feedback that the server took in.
  [[nodiscard]] uint64_t reports() const { return reports_; }
  [[nodiscard]] const DropCounters& drops() { return path_->rtc_outbox().drops; }
  [[nodiscard]] Router& router() { return *path_->FindRouter(RouterId(1)); }

 private:
  struct Viewer {
    TransportId id;
    SocketAddress address;
    TransportCcRecorder recorder;
    std::vector<SeqNum> lost;
    Timestamp feedback_at;
  };

  void Join(TransportId id);
  void Connect();
  void MakeFrame();
  void Report(Viewer& viewer);
  void Send(TransportId from, std::span<const RtcpMessage> messages);
  void Take(const OutgoingDatagram& datagram);
  // What the participants' endpoint wants sent becomes the server's next batch.
  void Upload(std::vector<ReceivedDatagram>& batch);

  const Config config_;
  Timestamp now_;
  Timestamp next_frame_;
  SeededRandom random_{1};
  PacketPool pool_;
  SctpStack sctp_;
  DtlsIdentity server_identity_;
  DtlsIdentity client_identity_;
  Endpoint server_;
  Endpoint clients_;
  TransportOutbox clients_out_;
  std::unique_ptr<PacketPath> path_;
  std::vector<Viewer> viewers_;
  synthetic::VideoSource source_;
  uint16_t sequence_ = 1;
  uint16_t transport_sequence_ = 1;
  std::vector<ReceivedDatagram> feedback_;
  std::vector<ReceivedDatagram> media_;
  std::vector<OutgoingDatagram> sent_;
  uint64_t forwarded_ = 0;
  uint64_t retransmitted_ = 0;
  uint64_t reports_ = 0;
};

}  // namespace stellwerk::bench
