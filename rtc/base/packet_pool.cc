#include "rtc/base/packet_pool.h"

#include <algorithm>
#include <new>

namespace stellwerk {
namespace {

// How many unused buffers of one class are kept for the next burst.
constexpr std::size_t kMaxFreePerClass = 4096;

}  // namespace

void PacketRef::Recycle(internal::PacketHeader* header) { header->pool->Recycle(header); }

PacketPool::PacketPool() = default;

PacketPool::~PacketPool() {
  STELLWERK_CHECK(outstanding_ == 0);
  for (auto& list : free_) {
    for (auto* header : list) ::operator delete(header);
  }
}

PacketRef PacketPool::Allocate(std::size_t capacity) {
  STELLWERK_CHECK(capacity <= kSizeClasses.back());
  std::size_t size_class = 0;
  while (kSizeClasses[size_class] < capacity) ++size_class;
  const std::size_t granted = kSizeClasses[size_class];
  auto& list = free_[size_class];
  internal::PacketHeader* header = nullptr;
  if (list.empty()) {
    header = new (::operator new(sizeof(internal::PacketHeader) + granted)) internal::PacketHeader;
  } else {
    header = list.back();
    list.pop_back();
  }
  *header = {.pool = this,
             .references = 1,
             .size_class = static_cast<uint16_t>(size_class),
             .size = 0,
             .capacity = static_cast<uint16_t>(granted),
             .arrival = {}};
  ++outstanding_;
  return PacketRef(header);
}

PacketRef PacketPool::Copy(std::span<const uint8_t> bytes, std::size_t tailroom) {
  PacketRef packet = Allocate(bytes.size() + tailroom);
  std::copy(bytes.begin(), bytes.end(), packet.mutable_buffer().begin());
  packet.set_size(bytes.size());
  return packet;
}

void PacketPool::Recycle(internal::PacketHeader* header) {
  --outstanding_;
  auto& list = free_[header->size_class];
  if (list.size() < kMaxFreePerClass) {
    list.push_back(header);
  } else {
    ::operator delete(header);
  }
}

}  // namespace stellwerk
