#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// LiveKit's signalling, as far as a participant needs it: the messages SignalRequest and
// SignalResponse of https://github.com/livekit/protocol (protobufs/livekit_rtc.proto), in binary.
namespace stellwerk::load::livekit {

struct Track {
  std::string sid;
  bool video = false;
  bool media = true;  // false: data
};
struct Person {
  std::string sid;
  std::string identity;
  bool gone = false;
  std::vector<Track> tracks = {};
};

struct Joined {
  Person self;
  std::vector<Person> others = {};
  std::string version;
  uint32_t ping_interval = 0;  // seconds; 0: the server does not say
};
struct Description {
  bool is_offer = false;
  std::string sdp;
  uint32_t id = 0;  // of an offer; its answer repeats it
};
struct Candidate {
  std::string init;  // JSON: {"candidate": "candidate:...", ...}
  bool for_subscriber = false;
};
struct Update {
  std::vector<Person> people = {};
};
struct Published {
  std::string cid;
  std::string sid;
};
struct Left {
  uint64_t reason = 0;  // DisconnectReason
};
// monostate: something else.
using Response =
    std::variant<std::monostate, Joined, Description, Candidate, Update, Published, Left>;

// nullopt: it is no such message.
[[nodiscard]] std::optional<Response> ReadResponse(std::string_view bytes);
// In words; "reason 42" if it is not known.
[[nodiscard]] std::string Explain(Left left);

// Requests, each a whole message.
struct NewTrack {
  std::string cid;  // as in the offer's a=msid
  bool video = false;
  bool muted = false;
  // Of video.
  uint32_t width = 0;
  uint32_t height = 0;
  struct Layer {
    uint32_t quality = 0;  // 0 low, 1 medium, 2 high
    uint32_t width = 0;
    uint32_t height = 0;
    uint32_t bitrate = 0;  // bit/s
  };
  std::vector<Layer> layers = {};
};
[[nodiscard]] std::string WriteNewTrack(const NewTrack& track);
[[nodiscard]] std::string WriteOffer(std::string_view sdp);
[[nodiscard]] std::string WriteAnswer(std::string_view sdp, uint32_t id);
[[nodiscard]] std::string WriteMute(std::string_view sid, bool muted);
[[nodiscard]] std::string WriteSubscribe(const std::vector<std::string>& sids);
// `height` 0: nothing is to be sent.
[[nodiscard]] std::string WriteTrackSettings(std::string_view sid, uint32_t width, uint32_t height);
[[nodiscard]] std::string WriteLeave();
[[nodiscard]] std::string WritePing(uint64_t milliseconds);

}  // namespace stellwerk::load::livekit
