#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/link/link_config.h"
#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"
#include "rtc/base/units.h"

// How to get into a server under test. One adapter per kind of server; whoever runs a load test
// sees only what is here.
namespace stellwerk::load {

enum class TargetKind : uint8_t {
  kRoom,     // this project's own signalling
  kWhip,     // WHIP to publish (RFC 9725), WHEP to view, at any server
  kJanus,    // Janus, its VideoRoom plug-in
  kLiveKit,  // LiveKit's signalling
};
inline constexpr std::array kTargetKinds = {TargetKind::kRoom, TargetKind::kWhip,
                                            TargetKind::kJanus, TargetKind::kLiveKit};
// "stellwerk", "whip", "janus", "livekit".
[[nodiscard]] std::string_view ToString(TargetKind kind);

// What the server can be told beyond "let me in"; what is false is left out silently.
struct Capabilities {
  bool layouts = false;    // Show() reaches the server
  bool mute = false;       // SetMuted() reaches the server
  bool data = false;       // data channels are forwarded to others
  bool reconnect = false;  // a lost participant may come back as the same one
  // A viewer gets one m-line for each track it watches (false: slots of its own number, filled by
  // the server).
  bool one_by_one = false;
};

struct TargetOptions {
  // Not said: by the URL. http(s) is WHIP; of ws(s), "/signal" or port 8080 is this project's, port
  // 8188 Janus', port 7880 LiveKit's.
  std::optional<TargetKind> kind = {};
  // "ws://127.0.0.1:8080/signal", "ws://127.0.0.1:8188", "ws://127.0.0.1:7880", or for WHIP a
  // template with {room} and {participant}: "http://127.0.0.1:8080/whip/{room}/{participant}".
  std::string url;
  // WHEP: a template with {room} and {publisher}: one session for each whom one watches; without
  // {publisher} (and with {participant}, if it likes): one session, whose slots the server fills.
  // Empty: `url` with whep in place of whip and {publisher} in place of {participant}.
  std::string whep_url = {};
  // The room's token, the bearer token of WHIP and WHEP, LiveKit's access token or Janus' token.
  std::string token = {};
  // LiveKit: with both, each participant gets a token made from them. Janus: `secret` is the API
  // secret.
  std::string key = {};
  std::string secret = {};
  // Janus: its rooms are made for so many publishers.
  int publishers_per_room = 100;
  // A join that takes longer has failed.
  TimeDelta patience = std::chrono::seconds(10);
};

// What one wants to see of a person.
struct Tile {
  std::string identity = {};  // empty: whom the server chooses
  int height = 0;             // in pixels; 0: nothing, it is off the screen
};

// Told while a call lives, on the swarm's thread, out of its loop.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // There is one more connection. Its tracks and slots are there once its media() says so.
  virtual void OnTransport(synthetic::Participant& transport) = 0;
  // It ends: the last chance to read its figures, for the pointer is invalid afterwards.
  virtual void OnTransportEnding(synthetic::Participant& transport) = 0;
};

struct CallConfig {
  std::string room;
  std::string identity;
  // Its tracks, and how many slots it wants. `id` and `name` are filled in here.
  synthetic::ParticipantConfig media;
  // Identities to watch, for servers where one subscribes one by one. Empty: everybody, as many as
  // there are slots. Who is not there yet is watched from when he comes, if the server tells.
  std::vector<std::string> watches = {};
  // The network of each of its connections; absent: as it is.
  std::optional<LinkConfig> up = {};
  std::optional<LinkConfig> down = {};
  CallObserver* observer = nullptr;  // outlives the call
};

// When the steps of the latest Join() or Reconnect() were done; of several connections, the last
// one of those that the step needs. First packets and frames are the media's to tell.
struct JoinTimes {
  std::optional<Timestamp> started = {};
  std::optional<Timestamp> signalled = {};  // its first answer is in hand, or given
  std::optional<Timestamp> ice = {};        // a pair of addresses is selected
  std::optional<Timestamp> dtls = {};       // there are keys
};

// One person's connection to the server. Everything is asynchronous on the swarm's loop.
class Call {
 public:
  enum class State : uint8_t {
    kIdle,
    kJoining,
    kUp,      // all connections it has so far are up; a viewer of nobody has none
    kFailed,  // error() says why; Join() may try again
    kEnded,   // left
  };
  // Leaves in silence what it has not left.
  virtual ~Call() = default;

  virtual void Join() = 0;
  // In order: the server is told, connections close.
  virtual void Leave() = 0;
  // As a laptop whose lid is closed: nothing is sent any more, the server is not told.
  virtual void Vanish() = 0;
  // The network was lost and is back: new transports, as a client does it at this server; times()
  // starts anew. After Vanish() or while it is up.
  virtual void Reconnect() = 0;
  // Tells the server where it can be told, and stops sending (a muted camera sends nothing).
  virtual void SetMuted(bool audio, bool video) = 0;
  // Without layouts in capabilities() nothing happens.
  virtual void Show(std::span<const Tile> tiles) = 0;

  [[nodiscard]] virtual State state() const = 0;
  // Empty, or one line that a stranger understands, with the URL.
  [[nodiscard]] virtual const std::string& error() const = 0;
  // One, or one to send and others to receive. Valid until they are told to end.
  [[nodiscard]] virtual std::vector<synthetic::Participant*> transports() const = 0;
  [[nodiscard]] virtual JoinTimes times() const = 0;
};

// A server. It outlives its calls.
class Target {
 public:
  virtual ~Target() = default;

  [[nodiscard]] virtual TargetKind kind() const = 0;
  [[nodiscard]] virtual Capabilities capabilities() const = 0;
  // Contacts the server and makes the rooms where they have to be made; runs the swarm's loop
  // meanwhile. Its error is one line with the URL: unreachable, refused token, no such server.
  virtual absl::Status Prepare(std::span<const std::string> rooms) = 0;
  // Takes back what Prepare made; runs the loop for up to a second.
  virtual void Finish() = 0;
  // "Janus 1.1.2", if the server tells; known after Prepare, LiveKit's after the first join.
  [[nodiscard]] virtual std::string software() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Call> NewCall(CallConfig config) = 0;
};

// InvalidArgument, in one line, for a URL that is none, a kind that does not follow from it, or
// what the kind lacks (LiveKit: a token, or key and secret). Swarm and client outlive the target.
absl::StatusOr<std::unique_ptr<Target>> OpenTarget(const TargetOptions& options,
                                                   synthetic::Swarm& swarm,
                                                   synthetic::WebClient& web);

}  // namespace stellwerk::load
