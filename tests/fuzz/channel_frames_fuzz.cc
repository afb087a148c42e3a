// A byte stream cut into messages: in pieces or in one go, the same frames come out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "channel/frame_reader.h"
#include "rtc/base/check.h"

namespace {

constexpr std::size_t kMaxFrame = 4096;

std::vector<std::vector<uint8_t>> ReadAll(std::span<const uint8_t> bytes, std::size_t step) {
  std::vector<std::vector<uint8_t>> frames;
  stellwerk::channel::FrameReader reader(kMaxFrame);
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(piece.size());
    reader.Append(piece);
    while (true) {
      const auto frame = reader.Next();
      if (!frame.ok()) return frames;
      if (!frame->has_value()) break;
      frames.emplace_back((*frame)->begin(), (*frame)->end());
    }
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span bytes(data, size);
  const auto whole = ReadAll(bytes, std::max<std::size_t>(size, 1));
  STELLWERK_CHECK(whole == ReadAll(bytes, 1 + (size == 0 ? 0 : data[0] % 7)));
  return 0;
}
