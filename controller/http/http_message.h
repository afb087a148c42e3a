#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stellwerk {

struct HttpRequest {
  std::string method;         // "GET"
  std::string path;           // without query, percent-decoded
  std::string authorization;  // header fields, empty if missing
  std::string content_type;
  std::string origin;
  std::string host;
  std::string if_none_match;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;                                  // empty: no body
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
};

// An error for people: a line of text.
HttpResponse TextResponse(int status, std::string_view text);

// The parts between slashes: "/whip/tea/bob" -> whip, tea, bob. A trailing slash makes an empty
// last part.
std::vector<std::string_view> SplitPath(std::string_view path);

// Whether a browser's page of that origin may use us: a page of our own host (by the Host header)
// may always, and so may whatever is not a browser (no Origin).
bool IsAllowedOrigin(std::string_view origin, std::string_view host,
                     const std::vector<std::string>& allowed);

}  // namespace stellwerk
