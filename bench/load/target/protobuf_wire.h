#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), as far as
// a client of LiveKit's signalling needs it.
namespace stellwerk::load {

struct ProtoField {
  uint32_t number = 0;
  uint64_t value = 0;           // of a varint or a fixed-width field
  std::string_view bytes = {};  // of a string, bytes or message field
};

// Reads the fields of one message in order.
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view message) : rest_(message) {}
  // nullopt at the end, and where the message is broken; groups count as broken.
  std::optional<ProtoField> Next();
  // False: it did not end where a field ends.
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::optional<uint64_t> ReadVarint();
  std::optional<std::string_view> Take(uint64_t size);

  std::string_view rest_;
  bool ok_ = true;
};

class ProtoWriter {
 public:
  ProtoWriter& Varint(uint32_t number, uint64_t value);
  // Strings and bytes.
  ProtoWriter& Bytes(uint32_t number, std::string_view bytes);
  ProtoWriter& Message(uint32_t number, const ProtoWriter& message) {
    return Bytes(number, message.bytes_);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void Append(uint64_t varint);

  std::string bytes_;
};

}  // namespace stellwerk::load
