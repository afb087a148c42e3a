#pragma once

#include <string>
#include <string_view>

namespace stellwerk::load {

// For the text and the quoted attributes of a page: what could end either is escaped, control
// characters and what is no UTF-8 are replaced by U+FFFD.
std::string EscapeHtml(std::string_view text);

// A whole page: head with title and style, `body` within.
std::string HtmlPage(std::string_view title, std::string_view body);

}  // namespace stellwerk::load
