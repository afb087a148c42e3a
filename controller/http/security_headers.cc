#include "controller/http/security_headers.h"

#include <array>

namespace stellwerk {

std::span<const std::pair<std::string_view, std::string_view>> SecurityHeaders() {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kHeaders = {{
      {"content-security-policy",
       "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
       "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
       "frame-ancestors 'none'"},
      {"x-content-type-options", "nosniff"},
      {"referrer-policy", "no-referrer"},
      {"cross-origin-opener-policy", "same-origin"},
      {"permissions-policy",
       "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), "
       "fullscreen=(self), "
       "screen-wake-lock=(self), geolocation=(), payment=(), usb=()"},
  }};
  return kHeaders;
}

}  // namespace stellwerk
