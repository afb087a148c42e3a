#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "transport/dtls/dtls_session.h"

namespace stellwerk {

inline DtlsIdentity MakeIdentity() { return DtlsIdentity::Generate().value(); }

// A client and a server, joined by a link that a test may make lossy.
struct DtlsPair {
  DtlsIdentity client_identity = MakeIdentity();
  DtlsIdentity server_identity = MakeIdentity();
  DtlsSession client{client_identity, DtlsRole::kClient, server_identity.fingerprint()};
  DtlsSession server{server_identity, DtlsRole::kServer, client_identity.fingerprint()};
  DtlsOutput from_client;
  DtlsOutput from_server;
  Timestamp now{std::chrono::seconds(1000)};
  std::size_t largest_datagram = 0;
  // The number of each datagram, in order of sending in both directions; true = it is lost.
  std::function<bool(int)> loses = [](int) { return false; };

  // Carries datagrams until nobody has any more.
  void Exchange() {
    while (!from_client.datagrams.empty() || !from_server.datagrams.empty()) {
      for (const auto& datagram : std::exchange(from_client.datagrams, {})) {
        if (Passes(datagram)) server.HandleDatagram(now, datagram, from_server);
      }
      for (const auto& datagram : std::exchange(from_server.datagrams, {})) {
        if (Passes(datagram)) client.HandleDatagram(now, datagram, from_client);
      }
    }
  }
  void Connect() {
    client.Start(now, from_client);
    Exchange();
  }

 private:
  bool Passes(const std::vector<uint8_t>& datagram) {
    largest_datagram = std::max(largest_datagram, datagram.size());
    return !loses(count_++);
  }
  int count_ = 0;
};

}  // namespace stellwerk
