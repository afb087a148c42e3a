#include "bench/load/target/livekit_target.h"

#include <utility>

#include "bench/load/target/access_token.h"
#include "bench/load/target/livekit_call.h"

namespace stellwerk::load {

absl::Status LiveKitTarget::Prepare(std::span<const std::string> rooms) {
  // The same check as that of the WebSocket, with the reason in words.
  std::string url = UrlOf("/rtc/validate");
  url.replace(0, 2, "http");  // ws, wss
  url += "?access_token=" + TokenFor(rooms.empty() ? "probe" : rooms[0], "probe", true, true);
  auto reply = std::make_shared<synthetic::HttpReply>();
  auto done = std::make_shared<bool>(false);
  web().Call({.url = url}, [reply, done](synthetic::HttpReply got) {
    *reply = std::move(got);
    *done = true;
  });
  swarm().RunUntil([&] { return *done; }, options().patience);
  const auto unavailable = [this](const std::string& why) {
    return absl::UnavailableError(options().url + ": " + OneLine(why));
  };
  if (!*done) return unavailable("does not answer");
  if (reply->status == 0) return unavailable("cannot be reached: " + reply->error);
  if (reply->status == 401 || reply->status == 403) {
    return unavailable("refuses the token: " + reply->body);
  }
  if (reply->status == 404 && reply->body.find("room") == std::string::npos) {
    return unavailable("is no LiveKit server");
  }
  if (reply->status != 200) {
    return unavailable("says " + std::to_string(reply->status) + ": " + reply->body);
  }
  return absl::OkStatus();
}

std::unique_ptr<Call> LiveKitTarget::NewCall(CallConfig config) {
  return std::make_unique<LiveKitCall>(*this, std::move(config));
}

std::string LiveKitTarget::TokenFor(std::string_view room, std::string_view identity,
                                    bool publishes, bool subscribes) const {
  if (options().key.empty()) return options().token;
  return MakeAccessToken({.key = options().key,
                          .secret = options().secret,
                          .identity = identity,
                          .room = room,
                          .publishes = publishes,
                          .subscribes = subscribes,
                          .from = std::chrono::system_clock::now()});
}

std::string LiveKitTarget::UrlOf(std::string_view path) const {
  std::string url = options().url;
  while (url.ends_with('/')) url.pop_back();
  return url + std::string(path);
}

}  // namespace stellwerk::load
