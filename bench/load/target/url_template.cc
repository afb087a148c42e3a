#include "bench/load/target/url_template.h"

#include <array>
#include <cstddef>
#include <utility>

namespace stellwerk::load {
namespace {

void ReplaceAll(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string FillUrl(std::string_view url_template, const UrlNames& names) {
  // In one pass, so that a name with braces in it is only a name.
  const std::array<std::pair<std::string_view, std::string_view>, 3> parts = {
      {{"{room}", names.room},
       {"{participant}", names.participant},
       {"{publisher}", names.publisher}}};
  std::string out;
  while (!url_template.empty()) {
    bool found = false;
    for (const auto& [word, name] : parts) {
      if (!url_template.starts_with(word)) continue;
      out += PercentEncode(name);
      url_template.remove_prefix(word.size());
      found = true;
      break;
    }
    if (found) continue;
    out += url_template.front();
    url_template.remove_prefix(1);
  }
  return out;
}

std::string WhepTemplateOf(std::string_view whip_template) {
  std::string out(whip_template);
  // Not in the host's name.
  const std::size_t scheme = out.find("://");
  const std::size_t path = scheme == std::string::npos ? 0 : out.find('/', scheme + 3);
  if (path == std::string::npos) return out;
  std::string tail = out.substr(path);
  ReplaceAll(tail, "whip", "whep");
  ReplaceAll(tail, "{participant}", "{publisher}");
  return out.substr(0, path) + tail;
}

}  // namespace stellwerk::load
