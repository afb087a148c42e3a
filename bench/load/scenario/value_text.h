#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/base/expected.h"
#include "rtc/base/units.h"

// Values of settings as people write them, and back: what is printed reads as the same value. An
// error is the end of a sentence that begins with the key: "\"7d\" is not a duration (...)".
namespace stellwerk::load {

template <typename T>
using ParsedValue = Expected<T, std::string>;

// A mistaken value for a message: on one line, in quotes, and not too long.
std::string Quoted(std::string_view text);

ParsedValue<int64_t> ParseWhole(std::string_view text, int64_t min, int64_t max);
ParsedValue<uint64_t> ParseSeed(std::string_view text);
ParsedValue<double> ParseNumber(std::string_view text, double min, double max);
// The shortest text that reads as the same number.
std::string PrintNumber(double value);
// "true", "yes", "on", "1" and their contraries.
ParsedValue<bool> ParseSwitch(std::string_view text);
// "250us", "500ms", "1.5s", "2m", "1h", or a number of seconds.
ParsedValue<TimeDelta> ParseDuration(std::string_view text, TimeDelta min, TimeDelta max);
std::string PrintDuration(TimeDelta value);
// "64kbps", "1.5Mbps", "300bps", or, for zero, "unlimited".
ParsedValue<DataRate> ParseRate(std::string_view text, DataRate min, DataRate max);
std::string PrintRate(DataRate value);
// "0.5%" or "0.005"; 0..1.
ParsedValue<double> ParseShare(std::string_view text);
std::string PrintShare(double value);
// UTF-8 without control characters, `min` to `max` bytes long.
ParsedValue<std::string> ParseText(std::string_view text, std::size_t min, std::size_t max);
// The index in `choices`.
ParsedValue<std::size_t> ParseChoice(std::string_view text,
                                     const std::vector<std::string>& choices);

// Which of `names` somebody may have meant who wrote `text`; nullopt if none is near.
std::optional<std::string> NearestName(std::string_view text,
                                       const std::vector<std::string>& names);

}  // namespace stellwerk::load
