#include "bench/synthetic/media_clip.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "bench/synthetic/ivf.h"
#include "bench/synthetic/ogg_opus.h"

namespace stellwerk::synthetic {
namespace {

// No frame of a conference is larger.
constexpr uint32_t kMaxFrame = 4'000'000;
constexpr TimeDelta kMaxLength = std::chrono::hours(24);
// On average: what comes more often is a wrong time base.
constexpr TimeDelta kLeastInterval = std::chrono::milliseconds(1);
constexpr int64_t kMaxFile = 1'000'000'000;

}  // namespace

DataRate MediaClip::mean_rate() const {
  int64_t bytes = 0;
  for (const ClipFrame& frame : frames) bytes += frame.size;
  return DataSize::Bytes(bytes) / std::max(length, TimeDelta(1));
}

absl::Status ClipError(std::string_view name, std::string_view text) {
  return absl::InvalidArgumentError(std::string(name) + ": " + std::string(text));
}

absl::StatusOr<MediaClip> FinishClip(MediaClip clip, std::optional<TimeDelta> last,
                                     std::string_view name) {
  if (clip.frames.empty()) return ClipError(name, "there is no frame in it");
  if (!clip.frames.front().keyframe) return ClipError(name, "it does not begin with a keyframe");
  const TimeDelta start = clip.frames.front().at;
  TimeDelta before{-1};
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    ClipFrame& frame = clip.frames[i];
    if (frame.size > kMaxFrame) {
      return ClipError(name, "frame " + std::to_string(i) +
                                 " is too large: " + std::to_string(frame.size) +
                                 " bytes (at most " + std::to_string(kMaxFrame) + ")");
    }
    // Both are within what the parsers allow, so that this cannot overflow.
    frame.at -= start;
    if (frame.at <= before)
      return ClipError(name, "frame " + std::to_string(i) + " is not later than the one before it");
    before = frame.at;
  }
  const auto gaps = static_cast<int64_t>(clip.frames.size()) - 1;
  if (gaps == 0 && !last) last = std::chrono::seconds(1);
  clip.length = before + (last ? *last : before / gaps);
  if (clip.length > kMaxLength) return ClipError(name, "it is longer than a day");
  if (clip.length < kLeastInterval * (gaps + 1)) {
    return ClipError(name, "it has more than 1000 frames a second");
  }
  return clip;
}

absl::StatusOr<std::shared_ptr<const MediaClip>> ReadMediaClip(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(path + ": " + std::strerror(errno));
  file.seekg(0, std::ios::end);
  const auto size = static_cast<int64_t>(file.tellg());
  if (size < 0 || size > kMaxFile) {
    return ClipError(path, "not a file of at most " + std::to_string(kMaxFile) + " bytes");
  }
  file.seekg(0);
  std::vector<uint8_t> bytes(static_cast<std::size_t>(size));
  // The stream's own type is char.
  std::copy_n(std::istreambuf_iterator<char>(file), size, bytes.begin());
  if (!file) return ClipError(path, "cannot be read");
  constexpr std::string_view kOgg = "OggS";
  const bool ogg =
      bytes.size() >= kOgg.size() && std::equal(kOgg.begin(), kOgg.end(), bytes.begin());
  auto clip = ogg ? ParseOggOpus(bytes, path) : ParseIvf(bytes, path);
  if (!clip.ok()) return clip.status();
  return std::make_shared<const MediaClip>(*std::move(clip));
}

}  // namespace stellwerk::synthetic
