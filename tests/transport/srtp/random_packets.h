#pragma once

#include <cstdint>
#include <vector>

#include "rtc/base/random.h"
#include "transport/srtp/srtp_keys.h"

namespace stellwerk {

inline SrtpKeys RandomKeys(Random& random, SrtpProfile profile) {
  SrtpKeys keys;
  keys.profile = profile;
  random.Fill(keys.key);
  random.Fill(keys.salt);
  return keys;
}

// Any number of CSRCs, any header extension, any payload of up to `max_payload` bytes, now and then
// none.
inline std::vector<uint8_t> RandomRtp(Random& random, uint16_t sequence_number,
                                      std::size_t max_payload) {
  const uint32_t shape = random.NextU32();
  const std::size_t csrcs = shape % 4 == 0 ? shape >> 8 & 0xF : 0;
  const bool extends = (shape & 0x10) != 0;
  const std::size_t extension_words = extends ? shape >> 16 & 0x7 : 0;
  const std::size_t payload = shape % 16 == 5 ? 0 : random.NextU32() % (max_payload + 1);
  std::vector<uint8_t> packet(12 + 4 * csrcs + (extends ? 4 + 4 * extension_words : 0) + payload);
  random.Fill(packet);
  packet[0] = static_cast<uint8_t>(0x80 | (extends ? 0x10 : 0) | csrcs);
  packet[2] = static_cast<uint8_t>(sequence_number >> 8);
  packet[3] = static_cast<uint8_t>(sequence_number);
  if (extends) {
    packet[12 + 4 * csrcs + 2] = 0;
    packet[12 + 4 * csrcs + 3] = static_cast<uint8_t>(extension_words);
  }
  return packet;
}

inline std::vector<uint8_t> RandomRtcp(Random& random, std::size_t max_payload) {
  std::vector<uint8_t> packet(8 + random.NextU32() % (max_payload + 1));
  random.Fill(packet);
  packet[0] = static_cast<uint8_t>(0x80 | (packet[0] & 0x1F));
  return packet;
}

}  // namespace stellwerk
