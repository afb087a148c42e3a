#pragma once

#include <string>
#include <string_view>

namespace stellwerk::load {

// What stands in braces in a URL: {room}, {participant}, {publisher}.
struct UrlNames {
  std::string_view room = {};
  std::string_view participant = {};
  std::string_view publisher = {};
};
// The URL with the names put in, percent-encoded (RFC 3986 §2.1). Other braces stay.
[[nodiscard]] std::string FillUrl(std::string_view url_template, const UrlNames& names);

// The WHEP template that goes with a WHIP template: whep for whip, {publisher} for {participant}.
[[nodiscard]] std::string WhepTemplateOf(std::string_view whip_template);

// As one part of a query or path (RFC 3986 §2.3: letters, digits, - . _ ~ stay).
[[nodiscard]] std::string PercentEncode(std::string_view text);

}  // namespace stellwerk::load
