#include "bench/synthetic/ivf.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "bench/synthetic/little_endian.h"
#include "rtc/base/byte_reader.h"

namespace stellwerk::synthetic {
namespace {

constexpr std::string_view kMagic = "DKIF";
constexpr std::size_t kHeaderSize = 32;
constexpr double kMaxSeconds = 1e8;

absl::Status NotIvf(std::string_view name, std::string_view why) {
  return ClipError(name, "not an IVF file: " + std::string(why));
}

std::string TextOf(std::span<const uint8_t> bytes) {
  std::string out;
  for (const uint8_t byte : bytes) out += byte >= ' ' && byte < 127 ? static_cast<char>(byte) : '?';
  return out;
}

Codec CodecOf(std::string_view fourcc) {
  if (fourcc == "VP80") return Codec::kVp8;
  if (fourcc == "VP90") return Codec::kVp9;
  if (fourcc == "AV01") return Codec::kAv1;
  return Codec::kUnknown;
}

// VP9 bitstream specification §6.2.
bool IsVp9Keyframe(uint8_t first) {
  const bool is_profile_3 = (first & 0x30) == 0x30;
  const int shift = is_profile_3 ? 2 : 3;  // to show_existing_frame; a reserved bit is before it
  const bool shows_existing = (first >> shift & 1) != 0;
  return !shows_existing && (first >> (shift - 1) & 1) == 0;
}

uint64_t ReadLeb128(ByteReader& reader) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    const uint8_t byte = reader.ReadU8();
    value |= uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

// AV1 specification §5.3, §5.9.2: the first frame header of the temporal unit.
bool IsAv1Keyframe(std::span<const uint8_t> unit) {
  constexpr uint8_t kFrameHeader = 3;
  constexpr uint8_t kFrame = 6;
  ByteReader reader(unit);
  while (reader.remaining() > 0) {
    const uint8_t header = reader.ReadU8();
    const uint8_t type = header >> 3 & 0xF;
    if ((header & 0x04) != 0) reader.Skip(1);
    const std::size_t size = (header & 0x02) != 0 ? ReadLeb128(reader) : reader.remaining();
    if (type == kFrameHeader || type == kFrame) {
      const uint8_t first = reader.Peek();
      // show_existing_frame, then frame_type.
      return reader.ok() && (first & 0xE0) == 0;
    }
    reader.Skip(size);
  }
  return false;
}

bool IsKeyframe(Codec codec, std::span<const uint8_t> data) {
  if (codec == Codec::kAv1) return IsAv1Keyframe(data);
  // RFC 6386 §9.1: inverse.
  return codec == Codec::kVp9 ? IsVp9Keyframe(data.front()) : (data.front() & 1) == 0;
}

struct Header {
  MediaClip clip;
  double seconds_per_tick = 0;
};

absl::StatusOr<Header> ReadHeader(ByteReader& reader, std::string_view name) {
  if (TextOf(reader.ReadBytes(kMagic.size())) != kMagic) {
    return NotIvf(name, "it does not begin with \"DKIF\"");
  }
  reader.Skip(2);
  const std::size_t size = ReadLittleEndian(reader, 2);
  const std::string fourcc = TextOf(reader.ReadBytes(4));
  Header out;
  out.clip.resolution.width = static_cast<uint16_t>(ReadLittleEndian(reader, 2));
  out.clip.resolution.height = static_cast<uint16_t>(ReadLittleEndian(reader, 2));
  const uint64_t denominator = ReadLittleEndian(reader, 4);
  const uint64_t numerator = ReadLittleEndian(reader, 4);
  reader.Skip(8);
  if (!reader.ok() || size < kHeaderSize) return NotIvf(name, "its header is too short");
  reader.Skip(size - kHeaderSize);
  out.clip.codec = CodecOf(fourcc);
  if (out.clip.codec == Codec::kUnknown) {
    return ClipError(name, "codec \"" + fourcc + "\" is none of VP80, VP90, AV01");
  }
  if (denominator == 0 || numerator == 0) return NotIvf(name, "its time base is zero");
  out.seconds_per_tick = static_cast<double>(numerator) / static_cast<double>(denominator);
  return out;
}

}  // namespace

absl::StatusOr<MediaClip> ParseIvf(std::span<const uint8_t> file, std::string_view name) {
  ByteReader reader(file);
  auto header = ReadHeader(reader, name);
  if (!header.ok()) return header.status();
  MediaClip& clip = header->clip;
  std::optional<uint64_t> last_stamp;
  while (reader.remaining() > 0) {
    const std::size_t offset = reader.offset();
    const std::size_t size = ReadLittleEndian(reader, 4);
    const uint64_t stamp = ReadLittleEndian(reader, 8);
    const auto data = reader.ReadBytes(size);
    if (!reader.ok()) {
      return ClipError(name, "cut short: the frame at byte " + std::to_string(offset) +
                                 " is not whole (" + std::to_string(file.size() - offset) +
                                 " bytes are left)");
    }
    if (data.empty()) continue;  // a frame that the encoder dropped
    const double seconds = static_cast<double>(stamp) * header->seconds_per_tick;
    if (seconds > kMaxSeconds) {
      return ClipError(
          name, "the frame at byte " + std::to_string(offset) + " has no time that could be");
    }
    if (last_stamp == stamp) {
      clip.frames.back().size += static_cast<uint32_t>(size);
      continue;
    }
    last_stamp = stamp;
    clip.frames.push_back({.at = TimeDelta(static_cast<int64_t>(seconds * 1e9)),
                           .size = static_cast<uint32_t>(size),
                           .keyframe = IsKeyframe(clip.codec, data)});
  }
  return FinishClip(std::move(clip), std::nullopt, name);
}

}  // namespace stellwerk::synthetic
