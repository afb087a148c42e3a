#include "bench/load/target/access_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"

namespace stellwerk::load {
namespace {

// Base64 with the alphabet of RFC 4648 §5, unpadded.
std::string Encode(std::string_view bytes) {
  return absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()));
}

std::string Sign(std::string_view text, std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

}  // namespace

std::string MakeAccessToken(const AccessGrant& grant) {
  const auto seconds = [](std::chrono::system_clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  };
  const nlohmann::json header = {{"alg", "HS256"}, {"typ", "JWT"}};
  const nlohmann::json claims = {{"iss", grant.key},
                                 {"sub", grant.identity},
                                 {"nbf", seconds(grant.from)},
                                 {"exp", seconds(grant.from + grant.lifetime)},
                                 {"video",
                                  {{"roomJoin", true},
                                   {"room", grant.room},
                                   {"canPublish", grant.publishes},
                                   {"canSubscribe", grant.subscribes}}}};
  const std::string text = Encode(header.dump()) + "." + Encode(claims.dump());
  return text + "." + Encode(Sign(text, grant.secret));
}

}  // namespace stellwerk::load
