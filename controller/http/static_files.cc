#include "controller/http/static_files.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace stellwerk {
namespace {

// The path below the root, or nullopt for one that could lead elsewhere. Hidden files are not
// served.
std::optional<std::string> SafePath(std::string_view path) {
  const auto parts = SplitPath(path);
  if (parts.size() == 1 && parts[0].empty()) return "index.html";
  if (parts.size() == 2 && parts[0] == "r" && !parts[1].empty()) return "index.html";
  std::string result;
  for (const std::string_view part : parts) {
    if (part.empty() || part.front() == '.' || part.find('\\') != std::string_view::npos ||
        part.find('\0') != std::string_view::npos) {
      return std::nullopt;
    }
    result += (result.empty() ? "" : "/") + std::string(part);
  }
  return result;
}

}  // namespace

std::string_view ContentTypeOf(std::string_view file_name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (file_name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

HttpResponse StaticFiles::Serve(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refused = TextResponse(405, request.method + " is not possible here");
    refused.headers.emplace_back("allow", "GET, HEAD");
    return refused;
  }
  const auto path = SafePath(request.path);
  if (!path || root_.empty()) return TextResponse(404, "not found");
  const std::string file_name = root_ + "/" + *path;
  struct stat info {};
  if (stat(file_name.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return TextResponse(404, "not found");
  // Seconds and size are enough to see a new build; it is asked for each time (no-cache), so that
  // page and server match.
  const std::string etag = "\"" + std::to_string(info.st_mtim.tv_sec) + "." +
                           std::to_string(info.st_mtim.tv_nsec) + "-" +
                           std::to_string(info.st_size) + "\"";
  HttpResponse response{
      200, std::string(ContentTypeOf(*path)), {{"cache-control", "no-cache"}, {"etag", etag}}, {}};
  if (request.if_none_match == etag) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  std::ifstream file(file_name, std::ios::binary);
  if (!file) return TextResponse(404, "not found");
  response.body.assign(std::istreambuf_iterator<char>(file), {});
  return response;
}

}  // namespace stellwerk
