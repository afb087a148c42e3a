#pragma once

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "transport/sctp/sctp_association.h"
#include "transport/sctp/sctp_stack.h"

namespace stellwerk {

// Two associations joined in memory, on a virtual clock (usrsctp's timers run by it; only its
// round-trip measurements read the wall clock).
struct SctpPair {
  struct Side {
    SctpAssociation association;
    SctpOutput out;

    template <typename Event>
    std::vector<Event> Events() const {
      std::vector<Event> result;
      for (const auto& event : out.events) {
        if (const auto* found = std::get_if<Event>(&event)) result.push_back(*found);
      }
      return result;
    }
    std::vector<SctpMessage> Messages() const { return Events<SctpMessage>(); }
  };

  explicit SctpPair(SctpConfig client_config = {.dtls_role = DtlsRole::kClient},
                    SctpConfig server_config = {.dtls_role = DtlsRole::kServer})
      : client{SctpAssociation(stack, client_config), {}},
        server{SctpAssociation(stack, server_config), {}} {}

  SctpStack stack;
  Side client;
  Side server;
  Timestamp now{std::chrono::seconds(1000)};
  // The number of each packet, in order of sending in both directions; true = it is lost.
  std::function<bool(int)> loses = [](int) { return false; };
  int packets = 0;
  std::size_t largest_packet = 0;

  // Carries packets until nobody has any more.
  void Exchange() {
    while (!client.out.packets.empty() || !server.out.packets.empty()) {
      Carry(client, server);
      Carry(server, client);
    }
  }
  void Connect() {
    client.association.Connect(now, client.out);
    server.association.Connect(now, server.out);
    Exchange();
  }
  // Runs timers for `span`, or until nobody waits for anything.
  void Run(TimeDelta span) {
    const Timestamp end = now + span;
    Exchange();
    while (true) {
      const Timestamp next =
          std::min(client.association.NextTimeout(), server.association.NextTimeout());
      if (next > end) break;
      now = std::max(now, next);
      client.association.HandleTimeout(now, client.out);
      server.association.HandleTimeout(now, server.out);
      Exchange();
    }
  }
  // The same at the pace of the wall clock, until `done`: which packets are overdue usrsctp decides
  // by that clock.
  bool RunInRealTime(const std::function<bool()>& done) {
    const auto started = std::chrono::steady_clock::now();
    const Timestamp epoch = now;
    while (std::chrono::steady_clock::now() - started < std::chrono::seconds(30)) {
      Exchange();
      if (done()) return true;
      poll(nullptr, 0, 2);
      now =
          epoch + std::chrono::duration_cast<TimeDelta>(std::chrono::steady_clock::now() - started);
      for (Side* side : {&client, &server}) {
        if (side->association.NextTimeout() <= now) side->association.HandleTimeout(now, side->out);
      }
    }
    return done();
  }
  Expected<std::monostate, DropReason> Send(Side& side, StreamId stream,
                                            const std::vector<uint8_t>& bytes,
                                            bool is_binary = true) {
    return side.association.Send(now, stream, is_binary, bytes, side.out);
  }

 private:
  void Carry(Side& from, Side& to) {
    for (const auto& packet : std::exchange(from.out.packets, {})) {
      largest_packet = std::max(largest_packet, packet.size());
      if (!loses(packets++)) to.association.HandlePacket(now, packet, to.out);
    }
  }
};

}  // namespace stellwerk
