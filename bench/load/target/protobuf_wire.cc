#include "bench/load/target/protobuf_wire.h"

namespace stellwerk::load {
namespace {

enum WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

constexpr int kMaxVarintBytes = 10;
constexpr uint64_t kMaxFieldNumber = (1U << 29) - 1;

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

}  // namespace

std::optional<uint64_t> ProtoReader::ReadVarint() {
  uint64_t value = 0;
  for (int i = 0; i < kMaxVarintBytes && !rest_.empty(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    // Of the tenth byte one bit is left for 64.
    if (i == kMaxVarintBytes - 1 && byte > 1) return std::nullopt;
    value |= uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> ProtoReader::Take(uint64_t size) {
  if (size > rest_.size()) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::optional<ProtoField> ProtoReader::Next() {
  if (!ok_ || rest_.empty()) return std::nullopt;
  ok_ = false;
  const auto tag = ReadVarint();
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > kMaxFieldNumber) return std::nullopt;
  ProtoField field{.number = static_cast<uint32_t>(*tag >> 3)};
  const auto type = static_cast<uint8_t>(*tag & 7);
  if (type == kVarint) {
    const auto value = ReadVarint();
    if (!value) return std::nullopt;
    field.value = *value;
  } else if (type == kBytes) {
    const auto size = ReadVarint();
    const auto bytes = size ? Take(*size) : std::nullopt;
    if (!bytes) return std::nullopt;
    field.bytes = *bytes;
  } else if (type == kFixed32 || type == kFixed64) {
    const auto bytes = Take(type == kFixed32 ? 4 : 8);
    if (!bytes) return std::nullopt;
    field.value = LittleEndian(*bytes);
  } else {
    return std::nullopt;
  }
  ok_ = true;
  return field;
}

void ProtoWriter::Append(uint64_t varint) {
  while (varint >= 0x80) {
    bytes_ += static_cast<char>(varint | 0x80);
    varint >>= 7;
  }
  bytes_ += static_cast<char>(varint);
}

ProtoWriter& ProtoWriter::Varint(uint32_t number, uint64_t value) {
  Append(uint64_t{number} << 3 | kVarint);
  Append(value);
  return *this;
}

ProtoWriter& ProtoWriter::Bytes(uint32_t number, std::string_view bytes) {
  Append(uint64_t{number} << 3 | kBytes);
  Append(bytes.size());
  bytes_ += bytes;
  return *this;
}

}  // namespace stellwerk::load
