#include "bench/synthetic/payload_mark.h"

#include <chrono>

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

constexpr uint32_t kMagic = 0x5354574B;
constexpr std::size_t kChecksumOffset = 28;

// Not cryptographic; any changed, missing or swapped byte shows.
uint32_t Checksum(std::span<const uint8_t> payload) {
  uint64_t hash = 0xCBF29CE484222325ULL ^ payload.size();
  const auto mix = [&hash](uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
  };
  ByteReader fields(payload.first(kChecksumOffset));
  mix(fields.ReadU64());
  mix(fields.ReadU64());
  mix(fields.ReadU64());
  mix(fields.ReadU32());
  ByteReader rest(payload.subspan(PayloadMark::kSize));
  while (rest.remaining() >= 8) mix(rest.ReadU64());
  while (rest.remaining() > 0) mix(rest.ReadU8());
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

void WriteMark(const PayloadMark& mark, std::span<uint8_t> payload) {
  STELLWERK_CHECK(payload.size() >= PayloadMark::kSize);
  ByteWriter out(payload);
  out.WriteU32(kMagic);
  out.WriteU32(mark.source);
  out.WriteU8(mark.encoding);
  out.WriteU8(mark.keyframe ? 1 : 0);
  out.WriteU16(0);
  out.WriteU16(mark.packet);
  out.WriteU16(mark.packets);
  out.WriteU32(mark.frame);
  out.WriteU64(static_cast<uint64_t>(mark.captured.time_since_epoch().count()));
  out.WriteU32(0);
  uint64_t filling = mark.source * 0x9E3779B97F4A7C15ULL + mark.frame * 65'537ULL + mark.packet;
  while (out.remaining() >= 8) {
    filling = filling * 6364136223846793005ULL + 1442695040888963407ULL;
    out.WriteU64(filling);
  }
  while (out.remaining() > 0) out.WriteU8(static_cast<uint8_t>(filling >> 32));
  ByteWriter checksum(payload.subspan(kChecksumOffset, 4));
  checksum.WriteU32(Checksum(payload));
}

std::optional<PayloadMark> ReadMark(std::span<const uint8_t> payload) {
  if (payload.size() < PayloadMark::kSize) return std::nullopt;
  ByteReader in(payload);
  PayloadMark mark;
  if (in.ReadU32() != kMagic) return std::nullopt;
  mark.source = in.ReadU32();
  mark.encoding = in.ReadU8();
  mark.keyframe = in.ReadU8() != 0;
  in.Skip(2);
  mark.packet = in.ReadU16();
  mark.packets = in.ReadU16();
  mark.frame = in.ReadU32();
  mark.captured = Timestamp(std::chrono::nanoseconds(static_cast<int64_t>(in.ReadU64())));
  if (in.ReadU32() != Checksum(payload)) return std::nullopt;
  return mark;
}

}  // namespace stellwerk::synthetic
