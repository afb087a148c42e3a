#include "bench/synthetic/ogg_opus.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "bench/synthetic/little_endian.h"
#include "rtc/base/byte_reader.h"

namespace stellwerk::synthetic {
namespace {

using std::chrono::microseconds;

constexpr TimeDelta kMaxPacketDuration = std::chrono::milliseconds(120);
constexpr std::string_view kHead = "OpusHead";
constexpr std::size_t kHeadSize = 19;   // RFC 7845 §5.1
constexpr uint64_t kHeaderPackets = 2;  // OpusHead and OpusTags

bool BeginsWith(std::span<const uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin());
}

// RFC 3533 §6.
struct Page {
  bool continues = false;  // begins within a packet
  bool begins_stream = false;
  uint32_t serial = 0;
  std::span<const uint8_t> lacing;  // sizes of segments; one below 255 ends a packet
  std::span<const uint8_t> body;
};

std::optional<Page> ReadPage(ByteReader& reader) {
  Page page;
  if (!BeginsWith(reader.ReadBytes(4), "OggS") || reader.ReadU8() != 0) return std::nullopt;
  const uint8_t flags = reader.ReadU8();
  page.continues = (flags & 1) != 0;
  page.begins_stream = (flags & 2) != 0;
  reader.Skip(8);  // granule position
  page.serial = static_cast<uint32_t>(ReadLittleEndian(reader, 4));
  reader.Skip(8);  // number and checksum
  page.lacing = reader.ReadBytes(reader.ReadU8());
  std::size_t size = 0;
  for (const uint8_t segment : page.lacing) size += segment;
  page.body = reader.ReadBytes(size);
  if (!reader.ok()) return std::nullopt;
  return page;
}

// Puts packets together, of which it keeps no more than it needs.
class PacketJoiner {
 public:
  // OnPacket(size, first bytes) for each packet that ends in the page.
  template <typename OnPacket>
  void Add(const Page& page, OnPacket&& on_packet) {
    std::size_t segment = 0;
    std::size_t offset = 0;
    const bool lost_end = !page.continues && size_ > 0;
    const bool lost_start = page.continues && size_ == 0;
    if (lost_end) Reset();
    bool skips = lost_start;
    for (; segment < page.lacing.size(); ++segment) {
      const std::size_t length = page.lacing[segment];
      if (!skips) Append(page.body.subspan(offset, length));
      offset += length;
      if (length == 255) continue;
      if (!skips) on_packet(size_, std::span<const uint8_t>(start_));
      skips = false;
      Reset();
    }
  }

 private:
  void Append(std::span<const uint8_t> bytes) {
    size_ += bytes.size();
    const std::size_t wanted =
        std::min(bytes.size(), kHeadSize - std::min(kHeadSize, start_.size()));
    start_.insert(start_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
  }
  void Reset() {
    size_ = 0;
    start_.clear();
  }

  std::size_t size_ = 0;
  std::vector<uint8_t> start_;
};

}  // namespace

std::optional<TimeDelta> OpusPacketDuration(std::span<const uint8_t> packet) {
  if (packet.empty()) return std::nullopt;
  const unsigned configuration = packet[0] >> 3;
  TimeDelta frame;
  if (configuration < 12) {  // SILK: 10, 20, 40, 60 ms
    constexpr int kSilk[] = {10, 20, 40, 60};
    frame = std::chrono::milliseconds(kSilk[configuration & 3]);
  } else if (configuration < 16) {  // hybrid: 10, 20 ms
    frame = std::chrono::milliseconds((configuration & 1) != 0 ? 20 : 10);
  } else {  // CELT: 2.5, 5, 10, 20 ms
    frame = microseconds(2500) * (1 << (configuration & 3));
  }
  int frames = 1;
  const unsigned code = packet[0] & 3U;
  if (code == 1 || code == 2) frames = 2;
  if (code == 3) {
    if (packet.size() < 2) return std::nullopt;
    frames = packet[1] & 0x3F;
  }
  if (frames == 0 || frame * frames > kMaxPacketDuration) return std::nullopt;
  return frame * frames;
}

absl::StatusOr<MediaClip> ParseOggOpus(std::span<const uint8_t> file, std::string_view name) {
  ByteReader reader(file);
  MediaClip clip;
  clip.codec = Codec::kOpus;
  std::optional<uint32_t> serial;
  PacketJoiner joiner;
  uint64_t packets = 0;
  TimeDelta at{};
  TimeDelta duration{};
  absl::Status problem;
  const auto on_packet = [&](std::size_t size, std::span<const uint8_t> start) {
    const uint64_t index = packets++;
    if (index < kHeaderPackets || !problem.ok()) return;
    const auto lasts = OpusPacketDuration(start);
    if (!lasts) {
      problem = ClipError(name, "packet " + std::to_string(index) +
                                    " is not Opus: " + std::to_string(size) + " bytes");
      return;
    }
    duration = *lasts;
    clip.frames.push_back(
        {.at = at, .size = static_cast<uint32_t>(size), .keyframe = true, .toc = start.front()});
    at += duration;
  };
  while (reader.remaining() > 0) {
    const std::size_t offset = reader.offset();
    const auto page = ReadPage(reader);
    if (!page) {
      const std::string what = offset == 0 ? "not an Ogg file" : "no whole Ogg page";
      return ClipError(name, what + " at byte " + std::to_string(offset));
    }
    // The identification header has the stream's first page for itself (RFC 7845 §3).
    if (!serial && page->begins_stream && BeginsWith(page->body, kHead) &&
        page->body.size() >= kHeadSize) {
      serial = page->serial;
    }
    if (page->serial == serial) joiner.Add(*page, on_packet);
    if (!problem.ok()) return problem;
  }
  if (!serial) return ClipError(name, "no Opus stream in it");
  return FinishClip(std::move(clip), duration, name);
}

}  // namespace stellwerk::synthetic
