#include <uv.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "bench/floor/flow.h"
#include "bench/floor/forwarder.h"
#include "bench/floor/sockets.h"
#include "rtc/base/check.h"
#include "rtc/base/packet_pool.h"
#include "transport/base/kernel_address.h"
#include "transport/udp/udp_socket.h"

namespace stellwerk::bench {
namespace {

SocketAddress ToSocketAddress(const sockaddr_in& address) {
  return {.ip = FromKernel(address.sin_addr), .port = ntohs(address.sin_port)};
}

class SocketForwarder : public Forwarder {
 public:
  SocketForwarder(const FloorCase& what, in_addr address,
                  const std::vector<sockaddr_in>& destinations)
      : publisher_(what.profile) {
    STELLWERK_CHECK(uv_loop_init(&loop_) == 0);
    auto socket = UdpSocket::Bind(&loop_, pool_, {.ip = FromKernel(address), .port = 0}, Now,
                                  [this](std::span<ReceivedDatagram> batch) { Forward(batch); });
    STELLWERK_CHECK(socket.ok());
    socket_ = *std::move(socket);
    for (const sockaddr_in& destination : destinations) {
      subscribers_.emplace_back(what.profile, subscribers_.size() + 1);
      tuples_.push_back({.protocol = IpProtocol::kUdp,
                         .local = socket_->local_address(),
                         .remote = ToSocketAddress(destination)});
    }
  }
  ~SocketForwarder() override {
    socket_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }
  [[nodiscard]] sockaddr_in address() const override {
    KernelAddress kernel = ToKernel(socket_->local_address());
    sockaddr_in address{};
    std::memcpy(&address, kernel.get(), sizeof(address));
    return address;
  }
  [[nodiscard]] uint64_t forwarded() const override { return socket_->stats().datagrams_sent; }
  [[nodiscard]] uint64_t messages() const override { return socket_->stats().send_messages; }

  void RunFor(std::chrono::nanoseconds duration) override {
    uv_timer_t timer;
    uv_timer_init(&loop_, &timer);
    uv_update_time(&loop_);
    uv_timer_start(
        &timer, [](uv_timer_t* t) { uv_stop(t->loop); },
        static_cast<uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(duration).count()), 0);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_close(static_cast<uv_handle_t*>(static_cast<void*>(&timer)), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
  }

 private:
  static Timestamp Now() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return Timestamp(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
  void Forward(std::span<ReceivedDatagram> batch) {
    for (ReceivedDatagram& received : batch) {
      const std::size_t size = publisher_.Unprotect(received.packet.mutable_bytes());
      if (size == 0) continue;
      const auto plain = received.packet.bytes().first(size);
      for (std::size_t i = 0; i < tuples_.size(); ++i) {
        PacketRef packet = pool_.Allocate(size + kMaxSrtpOverhead);
        std::copy(plain.begin(), plain.end(), packet.mutable_buffer().begin());
        packet.set_size(subscribers_[i].Protect(packet.mutable_buffer(), size));
        outbox_.push_back({tuples_[i], std::move(packet)});
      }
    }
    socket_->Send(outbox_);
    outbox_.clear();
  }

  uv_loop_t loop_{};
  PacketPool pool_;
  Flow publisher_;
  std::vector<Flow> subscribers_;
  std::vector<Tuple> tuples_;
  std::vector<OutgoingDatagram> outbox_;
  std::unique_ptr<UdpSocket> socket_;
};

}  // namespace

std::unique_ptr<Forwarder> MakeSocketForwarder(const FloorCase& what, in_addr address,
                                               const std::vector<sockaddr_in>& destinations) {
  return std::make_unique<SocketForwarder>(what, address, destinations);
}

}  // namespace stellwerk::bench
