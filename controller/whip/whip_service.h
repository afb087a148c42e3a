#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/auth/shared_token.h"
#include "controller/http/http_message.h"
#include "controller/room/room_directory.h"
#include "rtc/base/units.h"

namespace stellwerk {

// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): one offer in a POST, its answer in the response.
//   POST /whip/{room}/{participant}   publish as that participant
//   POST /whep/{room}/{participant}   view that participant
//   POST /whep/{room}                 view the room, the active speaker first
//   DELETE /sessions/{secret}         end
class WhipService {
 public:
  WhipService(RoomDirectory& rooms, const SharedToken& token,
              std::vector<std::string> allowed_origins)
      : rooms_(rooms), token_(token), allowed_origins_(std::move(allowed_origins)) {}

  // Whether a path is ours.
  static bool Owns(std::string_view path);
  HttpResponse Handle(Timestamp now, const HttpRequest& request, RoomOutbox& out);

 private:
  HttpResponse Dispatch(Timestamp now, const HttpRequest& request, RoomOutbox& out);
  HttpResponse Create(Timestamp now, const HttpRequest& request, JoinRequest join, RoomOutbox& out);
  HttpResponse End(std::string_view secret, RoomOutbox& out);

  RoomDirectory& rooms_;
  const SharedToken& token_;
  std::vector<std::string> allowed_origins_;
};

}  // namespace stellwerk
