// What a received packet costs a swarm: one thread of participants, to whom another thread plays
// the server and sends voice and pictures over loopback.
//   bench_swarm [participants] [seconds] [kbps of video]
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/sim/invitation.h"
#include "bench/synthetic/published_track.h"
#include "bench/synthetic/runner/swarm.h"
#include "rtc/base/check.h"
#include "rtc/base/deadline_heap.h"

namespace stellwerk::synthetic {
namespace {

using namespace std::chrono_literals;

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

RtpStreamConfig StreamOf(const ConsumerParameters& slot) {
  RtpStreamConfig stream;
  stream.ssrc = slot.ssrc;
  stream.rtx_ssrc = slot.rtx_ssrc;
  stream.payload_type = slot.codecs.front().payload_type;
  stream.rtx_payload_type = slot.codecs.front().rtx_payload_type;
  stream.clock_rate = slot.codecs.front().clock_rate;
  stream.extensions = slot.extensions;
  stream.cname = slot.cname;
  return stream;
}

// Sends every participant its own voice and its own pictures, and hears nothing.
class Source {
 public:
  Source(Swarm& clock, SctpStack& sctp, int kbps)
      : clock_(clock),
        kbps_(kbps),
        identity_(*DtlsIdentity::Generate()),
        endpoint_(pool_, random_, identity_, sctp) {
    STELLWERK_CHECK(uv_loop_init(&loop_) == 0);
    socket_ = *UdpSocket::Bind(
        &loop_, pool_, {IpAddress::V4({127, 0, 0, 1}), 0}, [this] { return clock_.Now(); },
        [this](std::span<ReceivedDatagram> batch) {
          const Timestamp now = clock_.Now();
          for (ReceivedDatagram& datagram : batch) {
            endpoint_.HandleDatagram(now, datagram.arrival, datagram.tuple,
                                     std::move(datagram.packet), out_);
          }
        });
    uv_timer_init(&loop_, &timer_);
    timer_.data = this;
    uv_timer_start(
        &timer_, [](uv_timer_t* timer) { static_cast<Source*>(timer->data)->HandleTimeout(); }, 1,
        1);
  }

  void Invite(Participant& viewer) {
    const TransportId id = viewer.id();
    const Timestamp now = clock_.Now();
    const Invitation invitation = {.slots = {InvitedSlot(MediaKind::kAudio, "a", Ssrc(100)),
                                             InvitedSlot(MediaKind::kVideo, "v", Ssrc(200))}};
    const IceParameters ice = {"bench" + std::to_string(id.value()), "0123456789012345678901234"};
    const InvitationTransport transport = {
        ice,
        identity_.fingerprint(),
        {"1", CandidateProtocol::kUdp, 1, "127.0.0.1", socket_->local_address().port}};
    STELLWERK_CHECK(endpoint_.AddSession({.id = id, .local_ice = ice}, now).ok());
    const auto answer = clock_.AnswerOffer(
        viewer, SerializeSessionDescription(WriteInvitation(invitation, transport, 1)));
    STELLWERK_CHECK(answer.ok());
    const auto read = ParseSessionDescription(*answer);
    STELLWERK_CHECK(read);
    const TransportAttributes attributes = read->TransportOf(read->media.front());
    const RemoteTransportParameters remote = {.ice = {attributes.ice_ufrag, attributes.ice_pwd},
                                              .fingerprint = attributes.fingerprints.front(),
                                              .our_role = DtlsRole::kServer,
                                              .sctp = std::nullopt};
    STELLWERK_CHECK(endpoint_.Connect(id, remote, now, out_).ok());
    VideoConfig video{.source = 2 * id.value() + 1};
    video.layers = {
        {.rid = "", .resolution = {640, 360}, .bitrate = DataRate::KilobitsPerSecond(kbps_)}};
    auto& viewing = viewers_.emplace_back(std::make_unique<Viewer>(id, endpoint_, pool_));
    viewing->tracks.emplace_back(AudioConfig{.source = 2 * id.value()},
                                 std::vector{StreamOf(invitation.slots[0])}, random_);
    viewing->tracks.emplace_back(video, std::vector{StreamOf(invitation.slots[1])}, random_);
  }

  // On a thread of its own.
  void Run() {
    while (!stop_) uv_run(&loop_, UV_RUN_ONCE);
  }
  void StartMedia() { media_ = true; }
  void Stop() { stop_ = true; }
  void Close() {
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
    socket_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

 private:
  struct Viewer {
    Viewer(TransportId id, Endpoint& endpoint, PacketPool& pool) : sender(id, endpoint, pool) {}
    TransportSender sender;
    std::vector<PublishedTrack> tracks;
  };

  void HandleTimeout() {
    const Timestamp now = clock_.Now();
    endpoint_.HandleTimeout(now, out_);
    if (media_ && !running_) {
      running_ = true;
      // Not all cameras at once.
      for (std::size_t i = 0; i < viewers_.size(); ++i) due_.Set(i, now + 1ms * (i % 33));
    }
    while (const auto i = due_.PopDue(now)) {
      Viewer& viewer = *viewers_[*i];
      Timestamp next = kNever;
      for (PublishedTrack& track : viewer.tracks) {
        track.SetRunning(true, now);
        if (track.NextTimeout() <= now) track.HandleTimeout(now, viewer.sender, out_);
        next = std::min(next, track.NextTimeout());
      }
      due_.Set(*i, next);
    }
    endpoint_.Flush(out_);
    socket_->Send(out_.datagrams);
    out_.Clear();
  }

  Swarm& clock_;  // read only, once the thread runs
  const int kbps_;
  uv_loop_t loop_{};
  uv_timer_t timer_{};
  PacketPool pool_;
  SeededRandom random_{3};
  DtlsIdentity identity_;
  Endpoint endpoint_;
  TransportOutbox out_;
  std::unique_ptr<UdpSocket> socket_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  DeadlineHeap<std::size_t> due_;
  std::atomic<bool> media_ = false;
  bool running_ = false;
  std::atomic<bool> stop_ = false;
};

int Main(int participants, int seconds, int kbps) {
  SctpStack sctp;
  SwarmOptions options;
  options.sctp = &sctp;  // nobody has data channels
  auto swarm = *Swarm::Create(options);
  Source source(*swarm, sctp, kbps);
  std::vector<Participant*> viewers;
  for (int i = 0; i < participants; ++i) {
    viewers.push_back(*swarm->Add(ParticipantConfig{.id = {}, .name = "viewer", .data = false}));
    source.Invite(*viewers.back());
  }
  std::thread thread([&source] { source.Run(); });
  const bool up = swarm->RunUntil(
      [&] {
        for (const Participant* viewer : viewers) {
          if (!viewer->connected()) return false;
        }
        return true;
      },
      60s);
  source.StartMedia();
  swarm->RunFor(1s);
  const SwarmStats before = swarm->stats();
  const double cpu_before = ThreadCpuSeconds();
  swarm->RunFor(std::chrono::seconds(seconds));
  const double cpu = ThreadCpuSeconds() - cpu_before;
  const SwarmStats after = swarm->stats();
  source.Stop();
  thread.join();

  const auto received = static_cast<double>(after.datagrams_received - before.datagrams_received);
  uint64_t faulty = 0;
  for (const Participant* viewer : viewers) {
    viewer->ForEachSlot([&](const SlotReceiver& slot) { faulty += slot.report().errors; });
  }
  const Distribution lag = after.timer_lag.Since(before.timer_lag);
  std::printf("%d participants%s, %.0f packets/s received, %.0f/s sent\n", participants,
              up ? "" : " (NOT ALL CONNECTED)", received / seconds,
              static_cast<double>(after.datagrams_sent - before.datagrams_sent) / seconds);
  std::printf("%.2f us of CPU per received packet, %.2f cores\n", cpu / received * 1e6,
              cpu / seconds);
  std::printf(
      "drops: %llu socket, %llu send; errors judged: %llu; timer lag p50 %.2f ms, p99 %.2f\n",
      static_cast<unsigned long long>(after.socket_drops - before.socket_drops),
      static_cast<unsigned long long>(after.send_drops - before.send_drops),
      static_cast<unsigned long long>(faulty),
      static_cast<double>(lag.Percentile(0.5).count()) * 1e-6,
      static_cast<double>(lag.Percentile(0.99).count()) * 1e-6);
  source.Close();
  return 0;
}

}  // namespace
}  // namespace stellwerk::synthetic

int main(int argc, char** argv) {
  const auto number = [&](int index, int otherwise) {
    return argc > index ? std::atoi(argv[index]) : otherwise;
  };
  return stellwerk::synthetic::Main(number(1, 500), number(2, 5), number(3, 500));
}
