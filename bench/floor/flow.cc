#include "bench/floor/flow.h"

#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"
#include "rtc/base/random.h"
#include "rtc/rtp/rtp_header_writer.h"

namespace stellwerk::bench {
namespace {

SrtpKeys KeysOf(SrtpProfile profile, uint64_t seed) {
  SeededRandom random(seed);
  SrtpKeys keys;
  keys.profile = profile;
  random.Fill(keys.key);
  random.Fill(keys.salt);
  return keys;
}

// RFC 3550 §5.1: where the number stands.
constexpr std::size_t kSequenceOffset = 2;

}  // namespace

Flow::Flow(SrtpProfile profile, uint64_t seed)
    : send_(MakeProtector(KeysOf(profile, seed), SrtpDirection::kSend)),
      receive_(MakeProtector(KeysOf(profile, seed), SrtpDirection::kReceive)) {}

std::size_t Flow::Write(std::span<uint8_t> buffer, std::size_t payload) {
  ByteWriter writer(buffer);
  RtpHeaderWriter header({.payload_type = PayloadType(96),
                          .sequence_number = SeqNum(static_cast<uint16_t>(next_)),
                          .timestamp = RtpTimestamp(0),
                          .ssrc = Ssrc(1)});
  header.WriteTo(writer);
  return Protect(buffer, writer.size() + payload);
}

ProtectJob Flow::Prepare(std::span<uint8_t> buffer, std::size_t size) {
  buffer[kSequenceOffset] = static_cast<uint8_t>(next_ >> 8);
  buffer[kSequenceOffset + 1] = static_cast<uint8_t>(next_);
  return {.protector = send_.get(), .buffer = buffer, .size = size, .index = next_++};
}

std::size_t Flow::Protect(std::span<uint8_t> buffer, std::size_t size) {
  const ProtectJob job = Prepare(buffer, size);
  const auto protected_size = job.protector->ProtectRtp(job.buffer, job.size, job.index);
  STELLWERK_CHECK(protected_size.has_value());
  return *protected_size;
}

std::size_t Flow::Unprotect(std::span<uint8_t> buffer) {
  const auto size = receive_->UnprotectRtp(buffer, buffer.size(), next_);
  if (!size.has_value()) return 0;
  ++next_;
  return *size;
}

}  // namespace stellwerk::bench
