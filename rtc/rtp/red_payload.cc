#include "rtc/rtp/red_payload.h"

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint8_t kMoreFollow = 0x80;  // F

}  // namespace

Expected<RedPayload, DropReason> RedPayload::Parse(std::span<const uint8_t> payload) {
  ByteReader in(payload);
  RedPayload result;
  std::array<std::size_t, kMaxBlocks> sizes{};
  while ((in.Peek() & kMoreFollow) != 0) {
    if (result.block_count == kMaxBlocks) return Unexpected(DropReason::kUnsupported);
    RedBlock& block = result.blocks[result.block_count];
    block.payload_type = PayloadType(in.ReadU8() & 0x7F);
    const uint32_t offset_and_length = in.ReadU24();
    block.timestamp_offset = static_cast<uint16_t>(offset_and_length >> 10);
    sizes[result.block_count] = offset_and_length & 0x3FF;
    ++result.block_count;
  }
  result.primary.payload_type = PayloadType(in.ReadU8());
  for (std::size_t i = 0; i < result.block_count; ++i) {
    result.blocks[i].data = in.ReadBytes(sizes[i]);
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  result.primary.data = in.rest();
  return result;
}

std::optional<RedPrimary> FindRedPrimary(std::span<const uint8_t> payload) {
  const auto red = RedPayload::Parse(payload);
  if (!red) return std::nullopt;
  return red->primary;
}

}  // namespace stellwerk
