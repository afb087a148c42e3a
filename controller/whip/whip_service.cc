#include "controller/whip/whip_service.h"

#include <strings.h>

#include <utility>

#include "controller/signaling/client_message.h"

namespace stellwerk {
namespace {

constexpr std::string_view kSdp = "application/sdp";

HttpResponse NotAllowed(std::string_view method, const std::string& allowed) {
  HttpResponse response =
      TextResponse(405, std::string(method) + " is not possible here, only " + allowed);
  response.headers.emplace_back("allow", allowed);
  return response;
}

// RFC 9110 §8.3.1: case-insensitive, parameters follow a semicolon.
bool IsSdp(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type.size() == kSdp.size() && strncasecmp(type.data(), kSdp.data(), kSdp.size()) == 0;
}

HttpResponse FromError(const RoomError& error) {
  switch (error.code) {
    case RoomErrorCode::kOfferRejected:
      return TextResponse(400, error.text);
    case RoomErrorCode::kUnauthorized:
    case RoomErrorCode::kConflict:
      return TextResponse(409, error.text);
    case RoomErrorCode::kNotFound:
      return TextResponse(404, error.text);
    case RoomErrorCode::kFull:
    case RoomErrorCode::kUnavailable:
      break;
  }
  HttpResponse response = TextResponse(503, error.text);
  response.headers.emplace_back("retry-after", "5");
  return response;
}

}  // namespace

bool WhipService::Owns(std::string_view path) {
  return path.starts_with("/whip/") || path.starts_with("/whep/") || path.starts_with("/sessions/");
}

HttpResponse WhipService::Handle(Timestamp now, const HttpRequest& request, RoomOutbox& out) {
  if (!IsAllowedOrigin(request.origin, request.host, allowed_origins_)) {
    return TextResponse(403, "pages of that origin may not use this server (http.allowed_origins)");
  }
  HttpResponse response = Dispatch(now, request, out);
  // A page of our own host needs none of these.
  if (!request.origin.empty() && !IsAllowedOrigin(request.origin, request.host, {})) {
    response.headers.emplace_back("access-control-allow-origin", request.origin);
    response.headers.emplace_back("access-control-expose-headers", "location, allow");
    response.headers.emplace_back("vary", "origin");
  }
  return response;
}

HttpResponse WhipService::Dispatch(Timestamp now, const HttpRequest& request, RoomOutbox& out) {
  const auto parts = SplitPath(request.path);
  const bool is_session = parts[0] == "sessions" && parts.size() == 2;
  const bool publishes = parts[0] == "whip" && parts.size() == 3;
  const bool views = parts[0] == "whep" && (parts.size() == 2 || parts.size() == 3);
  if (!is_session && !publishes && !views) return TextResponse(404, "not found");

  if (request.method == "OPTIONS") {
    HttpResponse response{204, "", {}, ""};
    response.headers.emplace_back("allow", is_session ? "DELETE, OPTIONS" : "POST, OPTIONS");
    if (!is_session) response.headers.emplace_back("accept-post", kSdp);
    response.headers.emplace_back("access-control-allow-methods", "POST, DELETE, OPTIONS");
    response.headers.emplace_back("access-control-allow-headers",
                                  "authorization, content-type, if-match");
    return response;
  }
  if (!token_.Admits(BearerToken(request.authorization))) {
    HttpResponse response = TextResponse(401, "a bearer token is needed, and this is not it");
    response.headers.emplace_back("www-authenticate", "Bearer");
    return response;
  }
  if (is_session) {
    // RFC 9725 §4.3: a session that takes neither trickled candidates (we are ICE-lite and need
    // none) nor restarts.
    if (request.method != "DELETE") return NotAllowed(request.method, "DELETE, OPTIONS");
    return End(parts[1], out);
  }
  if (request.method != "POST") return NotAllowed(request.method, "POST, OPTIONS");
  if (!IsSdp(request.content_type)) return TextResponse(415, "the body has to be application/sdp");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!IsGoodName(parts[i])) {
      return TextResponse(400,
                          "room and participant need 1 to 64 bytes without control characters");
    }
  }
  JoinRequest join;
  join.room = Redacted(std::string(parts[1]));
  join.kind = publishes ? ParticipantKind::kPublisher : ParticipantKind::kViewer;
  if (publishes) join.identity = Redacted(std::string(parts[2]));
  if (views && parts.size() == 3) join.viewed = std::string(parts[2]);
  return Create(now, request, std::move(join), out);
}

HttpResponse WhipService::Create(Timestamp now, const HttpRequest& request, JoinRequest join,
                                 RoomOutbox& out) {
  const auto joined = rooms_.Join(join, out);
  if (!joined) return FromError(joined.error());
  auto answer = rooms_.HandleOffer(now, joined->id, request.body, out);
  if (!answer) {
    rooms_.Leave(joined->id, out);
    return FromError(answer.error());
  }
  HttpResponse response{201, std::string(kSdp), {}, *std::move(answer)};
  response.headers.emplace_back("location", "/sessions/" + joined->secret.Reveal());
  return response;
}

HttpResponse WhipService::End(std::string_view secret, RoomOutbox& out) {
  const auto participant = rooms_.FindSession(secret);
  if (!participant) return TextResponse(404, "no such session");
  rooms_.Leave(*participant, out);
  return {200, "", {}, ""};
}

}  // namespace stellwerk
