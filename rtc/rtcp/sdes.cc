#include "rtc/rtcp/sdes.h"

#include <algorithm>
#include <cstddef>

#include "rtc/base/byte_reader.h"

namespace stellwerk {
namespace {

constexpr uint8_t kEndOfItems = 0;
constexpr std::size_t kMaxText = 255;

// The items of one chunk, up to and including its end and the padding to a 32-bit boundary.
std::vector<SdesItem> ReadItems(ByteReader& in) {
  std::vector<SdesItem> items;
  while (in.ok()) {
    const uint8_t type = in.ReadU8();
    if (type == kEndOfItems) break;
    const auto text = in.ReadBytes(in.ReadU8());
    items.push_back({static_cast<SdesType>(type), std::string(text.begin(), text.end())});
  }
  // Chunks begin at multiples of 4 in the body.
  while (in.ok() && in.offset() % 4 != 0) in.Skip(1);
  return items;
}

void WriteChunk(ByteWriter& out, const SdesChunk& chunk) {
  const std::size_t start = out.size();
  out.WriteU32(chunk.source.value());
  for (const SdesItem& item : chunk.items) {
    const std::string_view text = std::string_view(item.text).substr(0, kMaxText);
    out.WriteU8(static_cast<uint8_t>(item.type));
    out.WriteU8(static_cast<uint8_t>(text.size()));
    out.WriteText(text);
  }
  // RFC 3550 §6.5: at least one zero byte ends the list.
  out.WriteZeros(4 - (out.size() - start) % 4);
}

}  // namespace

std::string_view SdesChunk::Find(SdesType type) const {
  const auto item = std::find_if(items.begin(), items.end(), [type](const SdesItem& candidate) {
    return candidate.type == type;
  });
  return item == items.end() ? std::string_view() : std::string_view(item->text);
}

Sdes Sdes::ForCname(Ssrc source, std::string_view cname) {
  return {.chunks = {{.source = source, .items = {{SdesType::kCname, std::string(cname)}}}}};
}

Expected<Sdes, DropReason> Sdes::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  Sdes sdes;
  for (int i = 0; i < packet.count && in.ok(); ++i) {
    SdesChunk chunk;
    chunk.source = Ssrc(in.ReadU32());
    chunk.items = ReadItems(in);
    sdes.chunks.push_back(std::move(chunk));
  }
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  return sdes;
}

void Sdes::SerializeTo(ByteWriter& out) const {
  const RtcpHeaderScope header(out, RtcpType::kSdes, chunks.size());
  for (const SdesChunk& chunk : chunks) WriteChunk(out, chunk);
}

}  // namespace stellwerk
