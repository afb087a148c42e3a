#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rtc/base/media_parameters.h"
#include "rtc/base/redacted.h"

namespace stellwerk {

// An address of this host and a port; port 0 = the kernel chooses.
struct ListenAddress {
  std::string ip = "127.0.0.1";  // numeric, IPv4 or IPv6 without brackets
  uint16_t port = 8080;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

// Everything that can be configured, with its default. stellwerk.example.yaml explains each.
struct Config {
  struct Http {
    ListenAddress listen;
    std::string web_root;  // empty: found beside the binary or in the source tree
    std::vector<std::string> allowed_origins;  // "https://example.org", or "*"
    std::size_t max_connections = 10'000;
  } http;

  struct Tls {
    std::string cert;  // PEM files; both or none
    std::string key;
    bool self_signed = false;
    [[nodiscard]] bool enabled() const { return self_signed || !cert.empty(); }
  } tls;

  struct Rtc {
    uint16_t port = 20'000;              // worker i has port + i; 0 = the kernel chooses
    std::vector<std::string> addresses;  // empty: that of http.listen
    std::vector<std::string> announce;   // ADDR or ADDR:PORT
    std::size_t gather_us = 1'000;       // 0: packets don't wait for the rest of their frame
  } rtc;

  struct Workers {
    std::size_t count = 0;  // 0 = one per core
    std::string binary;     // empty: stellwerk-worker beside this binary
    std::string runtime_dir;
  } workers;

  struct Signaling {
    std::chrono::milliseconds grace{15'000};
  } signaling;

  struct Limits {
    std::size_t rooms = 1'000;
    std::size_t participants_per_room = 200;
    std::size_t audio_slots = 5;
    std::size_t video_slots = 9;
  } limits;

  struct Media {
    std::vector<Codec> audio_codecs = {Codec::kOpus};
    std::vector<Codec> video_codecs = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  } media;

  struct Auth {
    Redacted room_token;  // empty: everybody may join
    Redacted whip_token;  // empty: WHIP and WHEP need room_token
  } auth;

  struct Log {
    LogLevel level = LogLevel::kInfo;
    bool addresses = false;
  } log;

  std::chrono::milliseconds drain_timeout{30'000};
};

}  // namespace stellwerk
