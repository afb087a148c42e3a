#include "bench/synthetic/payload_mark.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "rtc/base/byte_reader.h"
#include "rtc/base/byte_writer.h"
#include "rtc/base/check.h"

namespace stellwerk::synthetic {
namespace {

constexpr uint32_t kMagic = 0x5354574B;
constexpr std::size_t kCapturedOffset = 20;
constexpr std::size_t kSentOffset = PayloadMark::kSize - 8;
constexpr uint8_t kKeyframe = 0x80;
constexpr uint8_t kOpaque = 0x40;

constexpr std::size_t kBlock = 32;  // of the checksum
constexpr uint64_t kPrime = 0x9E3779B97F4A7C15ULL;

uint64_t Mixed(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * kPrime;
  return hash ^ hash >> 29;
}

uint64_t WordAt(const uint8_t* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Not cryptographic; any changed, missing or swapped byte shows. Four chains, since a
// multiplication that waits for the one before takes four times as long, and each in a register:
// this is most of what a receiver spends on a packet. Words are in the machine's byte order.
uint32_t Checksum(std::span<const uint8_t> bytes) {
  uint64_t a = 0xCBF29CE484222325ULL ^ bytes.size();
  uint64_t b = 1;
  uint64_t c = 2;
  uint64_t d = 3;
  const auto mix = [&](const uint8_t* block) {
    a = Mixed(a, WordAt(block));
    b = Mixed(b, WordAt(block + 8));
    c = Mixed(c, WordAt(block + 16));
    d = Mixed(d, WordAt(block + 24));
  };
  for (; bytes.size() >= kBlock; bytes = bytes.subspan(kBlock)) mix(bytes.data());
  std::array<uint8_t, kBlock> rest{};
  std::copy(bytes.begin(), bytes.end(), rest.begin());
  mix(rest.data());
  return static_cast<uint32_t>(Mixed(Mixed(Mixed(a, b), c), d) >> 32);
}

// What the time of sending adds to the checksum, apart from the rest, so that it can be changed
// without reading the payload again.
uint32_t ChecksumOfSent(uint32_t sent) { return static_cast<uint32_t>(Mixed(1, sent) >> 32); }

uint32_t SentField(TimeDelta after) {
  const int64_t microseconds = after.count() / 1000;
  return static_cast<uint32_t>(std::clamp<int64_t>(microseconds, 0, UINT32_MAX));
}

void WriteFields(const PayloadMark& mark, ByteWriter& out) {
  out.WriteU32(kMagic);
  out.WriteU32(mark.source);
  out.WriteU8(mark.encoding);
  out.WriteU8(static_cast<uint8_t>((mark.keyframe ? kKeyframe : 0) | (mark.opaque ? kOpaque : 0)));
  out.WriteU8(static_cast<uint8_t>(mark.spatial << 4 | mark.temporal));
  out.WriteU8(mark.reference_count);
  out.WriteU16(mark.packet);
  out.WriteU16(mark.packets);
  out.WriteU32(mark.frame);
  out.WriteU64(static_cast<uint64_t>(mark.captured.time_since_epoch().count()));
  out.WriteBytes(mark.references);
  out.WriteU16(mark.covered);
  out.WriteU16(mark.picture);
}

PayloadMark ReadFields(ByteReader& in) {
  PayloadMark mark;
  mark.source = in.ReadU32();
  mark.encoding = in.ReadU8();
  const uint8_t flags = in.ReadU8();
  mark.keyframe = (flags & kKeyframe) != 0;
  mark.opaque = (flags & kOpaque) != 0;
  const uint8_t layers = in.ReadU8();
  mark.spatial = layers >> 4;
  mark.temporal = layers & 0x0F;
  mark.reference_count = std::min<uint8_t>(in.ReadU8(), PayloadMark::kMaxReferences);
  mark.packet = in.ReadU16();
  mark.packets = in.ReadU16();
  mark.frame = in.ReadU32();
  mark.captured = Timestamp(std::chrono::nanoseconds(static_cast<int64_t>(in.ReadU64())));
  for (uint8_t& reference : mark.references) reference = in.ReadU8();
  mark.covered = in.ReadU16();
  mark.picture = in.ReadU16();
  return mark;
}

}  // namespace

void WriteMark(const PayloadMark& mark, std::size_t head, std::span<uint8_t> payload) {
  STELLWERK_CHECK(payload.size() >= head + PayloadMark::kSize);
  const std::size_t at = payload.size() - PayloadMark::kSize;
  STELLWERK_CHECK(mark.covered <= at);
  ByteWriter filler(payload.subspan(head, at - head));
  uint64_t filling = mark.source * 0x9E3779B97F4A7C15ULL + mark.frame * 65'537ULL + mark.packet;
  while (filler.remaining() >= 8) {
    filling = filling * 6364136223846793005ULL + 1442695040888963407ULL;
    filler.WriteU64(filling);
  }
  while (filler.remaining() > 0) filler.WriteU8(static_cast<uint8_t>(filling >> 32));
  ByteWriter out(payload.subspan(at));
  WriteFields(mark, out);
  const uint32_t sent = SentField(mark.sent_after);
  out.WriteU32(sent);
  out.WriteU32(Checksum(payload.subspan(at - mark.covered, mark.covered + kSentOffset)) +
               ChecksumOfSent(sent));
}

void StampSent(Timestamp now, std::span<uint8_t> payload) {
  if (payload.size() < PayloadMark::kSize) return;
  const auto mark = payload.last(PayloadMark::kSize);
  ByteReader in(mark);
  if (in.ReadU32() != kMagic) return;
  in.Skip(kCapturedOffset - in.offset());
  const Timestamp captured(std::chrono::nanoseconds(static_cast<int64_t>(in.ReadU64())));
  in.Skip(kSentOffset - in.offset());
  const uint32_t before = in.ReadU32();
  const uint32_t checksum = in.ReadU32() - ChecksumOfSent(before);
  const uint32_t sent = SentField(now - captured);
  ByteWriter out(mark.subspan(kSentOffset));
  out.WriteU32(sent);
  out.WriteU32(checksum + ChecksumOfSent(sent));
}

std::optional<PayloadMark> ReadMark(std::span<const uint8_t> payload) {
  if (payload.size() < PayloadMark::kSize) return std::nullopt;
  const std::size_t at = payload.size() - PayloadMark::kSize;
  ByteReader in(payload.subspan(at));
  if (in.ReadU32() != kMagic) return std::nullopt;
  PayloadMark mark = ReadFields(in);
  if (mark.covered > at) return std::nullopt;
  const uint32_t sent = in.ReadU32();
  mark.sent_after = std::chrono::microseconds(sent);
  const auto checked = payload.subspan(at - mark.covered, mark.covered + kSentOffset);
  if (in.ReadU32() != Checksum(checked) + ChecksumOfSent(sent)) return std::nullopt;
  return mark;
}

}  // namespace stellwerk::synthetic
