#pragma once

#include <uv.h>

#include <memory>
#include <span>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "proto/message.h"
#include "rtc/base/packet_pool.h"
#include "rtc/base/units.h"
#include "transport/dtls/dtls_identity.h"
#include "transport/sctp/sctp_stack.h"
#include "transport/session/endpoint.h"
#include "worker/commands.h"
#include "worker/control_server.h"
#include "worker/data_exchange.h"
#include "worker/event_loop.h"
#include "worker/handshake_queue.h"
#include "worker/heap.h"
#include "worker/kernel_random.h"
#include "worker/network.h"
#include "worker/objects.h"
#include "worker/packet_path.h"
#include "worker/worker_options.h"

namespace stellwerk {

// A whole worker on a libuv loop: the parts, put together. One in a process (usrsctp is global),
// but no more than that binds it to one: a test runs it in its own.
class Worker {
 public:
  // `on_orphaned`: no controller for WorkerOptions::orphan_timeout; the owner should end the
  // worker.
  static absl::StatusOr<std::unique_ptr<Worker>> Start(uv_loop_t* loop,
                                                       const WorkerOptions& options,
                                                       absl::AnyInvocable<void()> on_orphaned);
  // Run the loop once more afterwards, so that libuv lets go of its handles.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Tells the peers that it ends, and the controller by closing the channel. Nothing works
  // afterwards.
  void Shutdown();

  [[nodiscard]] std::vector<SocketAddress> udp_addresses() const {
    return network_->udp_addresses();
  }
  [[nodiscard]] const proto::WorkerHello& hello() const { return hello_; }

 private:
  Worker(const WorkerOptions& options, DtlsIdentity identity,
         absl::AnyInvocable<void()> on_orphaned);
  absl::Status Open(uv_loop_t* loop);

  void HandleRequest(const proto::Request& request);
  void HandleReceived(Timestamp now, std::span<ReceivedDatagram> batch);
  // The next of those that wait, when media has gone.
  void HandleHandshake(Timestamp now);
  void HandleDeadline(Timestamp now);
  [[nodiscard]] Timestamp NextDeadline() const;
  // Moves on what any input has caused, tells the controller what it should know, and sends all
  // datagrams.
  void Settle(Timestamp now);
  void SendDatagrams();
  void HandleTransportEvents(Timestamp now);
  void HandleRtcEvents();
  void Notify(proto::Notification notification);

  WorkerOptions options_;
  absl::AnyInvocable<void()> on_orphaned_;
  proto::WorkerHello hello_;

  PacketPool pool_;
  KernelRandom random_;
  DtlsIdentity identity_;
  SctpStack sctp_;
  Endpoint endpoint_;
  PacketPath path_;
  HandshakeQueue handshakes_;
  Objects objects_;
  DataExchange data_;
  Commands commands_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<ControlServer> control_;

  std::vector<OutgoingDatagram> sending_;  // keeps its memory between flushes
  HeapTrim heap_;
  Timestamp next_upkeep_;
  Timestamp orphaned_at_ = kNever;
};

}  // namespace stellwerk
