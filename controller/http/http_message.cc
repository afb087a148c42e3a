#include "controller/http/http_message.h"

#include <algorithm>

namespace stellwerk {

HttpResponse TextResponse(int status, std::string_view text) {
  return {status, "text/plain; charset=utf-8", {}, std::string(text) + "\n"};
}

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

bool IsAllowedOrigin(std::string_view origin, std::string_view host,
                     const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end != std::string_view::npos && !host.empty() &&
      origin.substr(scheme_end + 3) == host)
    return true;
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& entry) { return entry == "*" || entry == origin; });
}

}  // namespace stellwerk
