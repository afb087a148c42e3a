#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

inline constexpr SrtpProfile kAllSrtpProfiles[] = {
    SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80};

inline std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

inline SrtpKeys MakeKeys(SrtpProfile profile, uint8_t seed = 1) {
  SrtpKeys keys;
  keys.profile = profile;
  for (std::size_t i = 0; i < keys.key.size(); ++i)
    keys.key[i] = static_cast<uint8_t>(seed + 7 * i);
  for (std::size_t i = 0; i < keys.salt.size(); ++i) {
    keys.salt[i] = static_cast<uint8_t>(seed + 11 * i);
  }
  return keys;
}

inline std::vector<uint8_t> MakeRtp(uint16_t seq, uint32_t ssrc = 0xCAFEBABE,
                                    std::size_t payload = 50) {
  std::vector<uint8_t> packet = {0x80,
                                 96,
                                 static_cast<uint8_t>(seq >> 8),
                                 static_cast<uint8_t>(seq),
                                 0,
                                 0,
                                 0x12,
                                 0x34,
                                 static_cast<uint8_t>(ssrc >> 24),
                                 static_cast<uint8_t>(ssrc >> 16),
                                 static_cast<uint8_t>(ssrc >> 8),
                                 static_cast<uint8_t>(ssrc)};
  for (std::size_t i = 0; i < payload; ++i) packet.push_back(static_cast<uint8_t>(seq + i));
  return packet;
}

// A receiver report with one block.
inline std::vector<uint8_t> MakeRtcp(uint32_t ssrc = 0xCAFEBABE) {
  std::vector<uint8_t> packet = {0x81,
                                 201,
                                 0,
                                 7,
                                 static_cast<uint8_t>(ssrc >> 24),
                                 static_cast<uint8_t>(ssrc >> 16),
                                 static_cast<uint8_t>(ssrc >> 8),
                                 static_cast<uint8_t>(ssrc)};
  for (uint8_t i = 0; i < 24; ++i) packet.push_back(i);
  return packet;
}

}  // namespace stellwerk
