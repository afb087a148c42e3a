#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "transport/srtp/protector.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

inline constexpr SrtpProfile kAllSrtpProfiles[] = {
    SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm, SrtpProfile::kAes128CmSha1_80};

// Those that this build has on this CPU; AvailabilityTest says which ones it has to.
inline std::vector<SrtpBackend> AvailableSrtpBackends() {
  std::vector<SrtpBackend> result;
  std::ranges::copy_if(kAllSrtpBackends, std::back_inserter(result), IsAvailable);
  return result;
}

using BackendAndProfile = std::tuple<SrtpBackend, SrtpProfile>;
inline auto EveryBackendAndProfile() {
  return testing::Combine(testing::ValuesIn(AvailableSrtpBackends()),
                          testing::ValuesIn(kAllSrtpProfiles));
}
inline std::string NameOfBackendAndProfile(const testing::TestParamInfo<BackendAndProfile>& info) {
  std::string name(ToString(std::get<SrtpBackend>(info.param)));
  std::erase(name, '-');
  switch (std::get<SrtpProfile>(info.param)) {
    case SrtpProfile::kAeadAes128Gcm:
      return name + "Gcm128";
    case SrtpProfile::kAeadAes256Gcm:
      return name + "Gcm256";
    case SrtpProfile::kAes128CmSha1_80:
      return name + "Cm128";
  }
  return name;
}

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
