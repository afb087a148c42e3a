#include <array>
#include <cstdint>

#include "rtc/base/check.h"
#include "rtc/codec/payload_info.h"

// The first byte chooses the codec (its lower 4 bits) and whether there is a Dependency Descriptor,
// which then is the next 4 bytes; the rest is the payload.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stellwerk;
  if (size == 0) return 0;
  auto payload = std::span(data, size).subspan(1);
  const auto codec = static_cast<Codec>((data[0] & 0x0F) % (static_cast<int>(Codec::kUnknown) + 1));
  std::optional<DependencyDescriptorHead> head;
  if ((data[0] & 0x80) != 0 && payload.size() >= 4) {
    head = DependencyDescriptorHead::Parse(payload.first(4));
    payload = payload.subspan(4);
  }
  const auto info = Inspect(codec, payload, head);
  if (!info.has_value()) return 0;
  STELLWERK_CHECK(info->descriptor_size <= payload.size());
  if (const auto* vp8 = std::get_if<Vp8Descriptor>(&info->descriptor)) {
    std::array<uint8_t, Vp8Descriptor::kMaxSize> bytes{};
    ByteWriter out(bytes);
    vp8->SerializeTo(out);
    STELLWERK_CHECK(out.ok() && out.size() == vp8->serialized_size());
    const auto again = Vp8Descriptor::Parse(out.written());
    STELLWERK_CHECK(again.has_value() && again->descriptor == *vp8);
  }
  return 0;
}
