#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc/base/check.h"
#include "transport/tcp/frame_reader.h"

using namespace stellwerk;

namespace {
// Small, so that short inputs have frames that are too long.
constexpr std::size_t kMaxFrame = 300;
}  // namespace

// A stream cut anywhere gives the same frames as in one piece. The first byte says how to cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  const std::span<const uint8_t> stream(data + 1, size - 1);
  std::vector<std::vector<uint8_t>> whole;
  FrameReader at_once(kMaxFrame);
  at_once.Append(stream);
  while (const auto frame = at_once.Next()) whole.emplace_back(frame->begin(), frame->end());
  std::vector<std::vector<uint8_t>> cut;
  FrameReader in_pieces(kMaxFrame);
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    in_pieces.Append(stream.subspan(at, std::min(piece, stream.size() - at)));
    while (const auto frame = in_pieces.Next()) cut.emplace_back(frame->begin(), frame->end());
  }
  STELLWERK_CHECK(whole == cut);
  STELLWERK_CHECK(at_once.buffered() == in_pieces.buffered());
  STELLWERK_CHECK(at_once.buffered() <= kMaxFrame + 1);
  STELLWERK_CHECK(at_once.TakeTooLarge() == in_pieces.TakeTooLarge());
  return 0;
}
