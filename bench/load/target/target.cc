#include "bench/load/target/target.h"

#include <utility>

#include "bench/load/target/janus_target.h"
#include "bench/load/target/livekit_target.h"
#include "bench/load/target/room_target.h"
#include "bench/load/target/url_template.h"
#include "bench/load/target/whip_target.h"
#include "bench/synthetic/runner/url.h"

namespace stellwerk::load {
namespace {

constexpr uint16_t kRoomPort = 8080;
constexpr uint16_t kJanusPort = 8188;
constexpr uint16_t kLiveKitPort = 7880;

std::optional<TargetKind> GuessKind(std::string_view text, const synthetic::Url& url) {
  if (text.starts_with("http")) return TargetKind::kWhip;
  if (url.path == "/signal" || url.port == kRoomPort) return TargetKind::kRoom;
  if (url.port == kJanusPort) return TargetKind::kJanus;
  if (url.port == kLiveKitPort) return TargetKind::kLiveKit;
  return std::nullopt;
}

}  // namespace

std::string_view ToString(TargetKind kind) {
  switch (kind) {
    case TargetKind::kRoom:
      return "stellwerk";
    case TargetKind::kWhip:
      return "whip";
    case TargetKind::kJanus:
      return "janus";
    case TargetKind::kLiveKit:
      return "livekit";
  }
  return "";
}

absl::StatusOr<std::unique_ptr<Target>> OpenTarget(const TargetOptions& given,
                                                   synthetic::Swarm& swarm,
                                                   synthetic::WebClient& web) {
  TargetOptions options = given;
  const auto invalid = [&options](std::string_view why) {
    return absl::InvalidArgumentError(options.url + ": " + std::string(why));
  };
  const auto url = synthetic::Url::Parse(options.url);
  if (!url) return invalid("not a URL that begins with ws://, wss://, http:// or https://");
  if (!options.kind) options.kind = GuessKind(options.url, *url);
  if (!options.kind) {
    return invalid("which kind of server is it? Say stellwerk, janus or livekit");
  }
  const bool http = options.url.starts_with("http");
  if (http != (options.kind == TargetKind::kWhip)) {
    return invalid(http ? "WebSocket signalling needs a URL with ws:// or wss://"
                        : "WHIP needs a URL with http:// or https://");
  }
  switch (*options.kind) {
    case TargetKind::kRoom:
      if (url->path == "/") options.url += options.url.ends_with('/') ? "signal" : "/signal";
      return std::make_unique<RoomTarget>(std::move(options), swarm, web);
    case TargetKind::kWhip:
      // A bare address: as this project's server has it.
      if (url->path == "/") {
        while (options.url.ends_with('/')) options.url.pop_back();
        options.url += "/whip/{room}/{participant}";
      }
      if (options.whep_url.empty()) options.whep_url = WhepTemplateOf(options.url);
      if (!synthetic::Url::Parse(options.whep_url)) {
        return absl::InvalidArgumentError(options.whep_url + ": not a URL");
      }
      return std::make_unique<WhipTarget>(std::move(options), swarm, web);
    case TargetKind::kJanus:
      return std::make_unique<JanusTarget>(std::move(options), swarm, web);
    case TargetKind::kLiveKit:
      if (options.token.empty() && (options.key.empty() || options.secret.empty())) {
        return invalid("LiveKit needs a token, or a key and its secret");
      }
      return std::make_unique<LiveKitTarget>(std::move(options), swarm, web);
  }
  return invalid("this kind of server is not known here");
}

}  // namespace stellwerk::load
