#include "transport/ice/ice_agent.h"

namespace stellwerk {

std::string_view ReceiverUfragOf(std::string_view username) {
  const std::size_t colon = username.find(':');
  return colon == std::string_view::npos ? std::string_view() : username.substr(0, colon);
}

}  // namespace stellwerk
