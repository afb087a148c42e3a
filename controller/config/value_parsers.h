#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/config/config.h"
#include "rtc/base/expected.h"

// Text to value, for the configuration file, the environment and the flags alike. The error is the
// end of a sentence that begins with the key: "70000 is not a port (1..65535)".
namespace stellwerk {

template <typename T>
using Parsed = Expected<T, std::string>;

Parsed<std::size_t> ParseCount(std::string_view text, std::size_t min, std::size_t max);
// 0..65535; 0 = the kernel chooses.
Parsed<uint16_t> ParsePort(std::string_view text);
Parsed<bool> ParseBool(std::string_view text);
// "500ms", "15s", "2m", "1h", or a number of seconds.
Parsed<std::chrono::milliseconds> ParseDuration(std::string_view text);
// A numeric IPv4 or IPv6 address, no name.
Parsed<std::string> ParseIp(std::string_view text);
// "ADDR:PORT", "[V6]:PORT".
Parsed<ListenAddress> ParseListenAddress(std::string_view text);
// "ADDR" or "ADDR:PORT"; returned as given.
Parsed<std::string> ParseAnnounce(std::string_view text);
Parsed<std::string> ParseOrigin(std::string_view text);
Parsed<LogLevel> ParseLogLevel(std::string_view text);
Parsed<Codec> ParseCodec(std::string_view text, MediaKind kind);
// The parts between commas, without surrounding blanks; an empty text has no parts.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace stellwerk
