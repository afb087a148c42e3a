#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace stellwerk::load {

// Who may do what in a room of LiveKit's.
struct AccessGrant {
  std::string_view key;     // names the secret to the server
  std::string_view secret;  // signs
  std::string_view identity;
  std::string_view room;
  bool publishes = true;
  bool subscribes = true;
  std::chrono::system_clock::time_point from;
  std::chrono::seconds lifetime = std::chrono::hours(6);
};
// A JSON Web Token signed with HMAC-SHA256 (RFC 7519, RFC 7518 §3.2).
[[nodiscard]] std::string MakeAccessToken(const AccessGrant& grant);

}  // namespace stellwerk::load
