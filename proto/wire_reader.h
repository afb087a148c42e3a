#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::proto {

// Takes values out of a verified flatbuffer and remembers the first thing that is wrong with them,
// so that conversions read straight through and are checked once at the end. The verifier proves
// that reading is safe; this proves that the values make sense and that together they stay below a
// budget: in a flatbuffer one text may be referred to a million times.
class WireReader {
 public:
  explicit WireReader(std::size_t budget) : budget_(budget) {}

  [[nodiscard]] bool ok() const { return error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }
  void Fail(std::string_view field, std::string_view what);

  // Null (a field that may be missing) reads as empty.
  std::string Text(const flatbuffers::String* text, std::size_t max, std::string_view field);
  std::vector<uint8_t> Bytes(const flatbuffers::Vector<uint8_t>* bytes, std::size_t max,
                             std::string_view field);

  template <typename Name>
  Name InlineText(const flatbuffers::String* text, std::string_view field) {
    return Name::From(Text(text, Name::kCapacity, field)).value_or(Name());
  }

  // An enum whose numbers are the same on both sides, `last` being the greatest that we know.
  template <typename Ours, typename Wire>
  Ours Enum(Wire value, Ours last, std::string_view field) {
    if (static_cast<unsigned>(value) > static_cast<unsigned>(last)) {
      Fail(field, "unknown value " + std::to_string(static_cast<unsigned>(value)));
      return Ours{};
    }
    return static_cast<Ours>(value);
  }

  // read(element) for each element of a list that may be missing.
  template <typename T, typename Read>
  auto List(const flatbuffers::Vector<T>* list, std::size_t max, std::string_view field,
            Read read) {
    std::vector<decltype(read(list->Get(0)))> out;
    if (list == nullptr || !Spend(list->size() * sizeof(out[0]), list->size(), max, field))
      return out;
    out.reserve(list->size());
    for (flatbuffers::uoffset_t i = 0; i < list->size() && ok(); ++i)
      out.push_back(read(list->Get(i)));
    return out;
  }

 private:
  bool Spend(std::size_t bytes, std::size_t size, std::size_t max, std::string_view field);

  std::size_t budget_;
  std::string error_;
};

}  // namespace stellwerk::proto
