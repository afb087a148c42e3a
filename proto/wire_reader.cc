#include "proto/wire_reader.h"

namespace stellwerk::proto {

void WireReader::Fail(std::string_view field, std::string_view what) {
  if (!error_.empty()) return;
  error_.append(field).append(": ").append(what);
}

bool WireReader::Spend(std::size_t bytes, std::size_t size, std::size_t max,
                       std::string_view field) {
  if (size > max) {
    Fail(field, std::to_string(size) + " is more than " + std::to_string(max));
  } else if (bytes > budget_) {
    Fail(field, "unfolds into more than a message may hold");
  } else {
    budget_ -= bytes;
  }
  return ok();
}

std::string WireReader::Text(const flatbuffers::String* text, std::size_t max,
                             std::string_view field) {
  if (text == nullptr || !Spend(text->size(), text->size(), max, field)) return {};
  return text->str();
}

std::vector<uint8_t> WireReader::Bytes(const flatbuffers::Vector<uint8_t>* bytes, std::size_t max,
                                       std::string_view field) {
  if (bytes == nullptr || !Spend(bytes->size(), bytes->size(), max, field)) return {};
  return {bytes->begin(), bytes->end()};
}

}  // namespace stellwerk::proto
