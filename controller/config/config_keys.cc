#include "controller/config/config_keys.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "controller/config/value_parsers.h"

namespace stellwerk {
namespace {

using Values = std::vector<std::string>;
using Setter = std::function<std::optional<std::string>(Config&, const Values&)>;

// Reads one value with `parse` into the field that `field` refers to.
template <typename Parse, typename Field>
Setter One(Parse parse, Field field) {
  return [parse, field](Config& config, const Values& values) -> std::optional<std::string> {
    auto value = parse(values.front());
    if (!value) return value.error();
    field(config) = *std::move(value);
    return std::nullopt;
  };
}

// The same for a list; the new list replaces the old one.
template <typename Parse, typename Field>
Setter Many(Parse parse, Field field) {
  return [parse, field](Config& config, const Values& values) -> std::optional<std::string> {
    std::decay_t<decltype(field(config))> list;
    for (const std::string& text : values) {
      auto value = parse(text);
      if (!value) return value.error();
      list.push_back(*std::move(value));
    }
    field(config) = std::move(list);
    return std::nullopt;
  };
}

Parsed<std::string> ParseText(std::string_view text) { return std::string(text); }
Parsed<Redacted> ParseSecret(std::string_view text) { return Redacted(std::string(text)); }

auto CountIn(std::size_t min, std::size_t max) {
  return [min, max](std::string_view text) { return ParseCount(text, min, max); };
}

auto CodecOf(MediaKind kind) {
  return [kind](std::string_view text) { return ParseCodec(text, kind); };
}

#define STELLWERK_FIELD(member) \
  [](Config & c) -> auto& { return c.member; }

std::vector<ConfigKey> MakeKeys() {
  return {
      {"http.listen", "--listen",
       "ADDR:PORT of page, signalling, WHIP and metrics; port 0 = any free one", false, false,
       One(ParseListenAddress, STELLWERK_FIELD(http.listen))},
      {"http.web_root", "--web-root", "Folder of the browser client", false, false,
       One(ParseText, STELLWERK_FIELD(http.web_root))},
      {"http.allowed_origins", "", "Other sites whose pages may use this server", true, false,
       Many(ParseOrigin, STELLWERK_FIELD(http.allowed_origins))},
      {"http.max_connections", "", "Connections at a time", false, false,
       One(CountIn(1, 1'000'000), STELLWERK_FIELD(http.max_connections))},
      {"tls.cert", "--tls-cert", "PEM file with the certificate chain", false, false,
       One(ParseText, STELLWERK_FIELD(tls.cert))},
      {"tls.key", "--tls-key", "PEM file with the private key", false, false,
       One(ParseText, STELLWERK_FIELD(tls.key))},
      {"tls.self_signed", "--tls-self-signed", "HTTPS with a certificate made at start", false,
       true, One(ParseBool, STELLWERK_FIELD(tls.self_signed))},
      {"rtc.port", "--rtc-port",
       "Media port, UDP and TCP, of worker 0; worker i has the i-th after it", false, false,
       One(ParsePort, STELLWERK_FIELD(rtc.port))},
      {"rtc.address", "--rtc-address", "Local address for media; several by comma", true, false,
       Many(ParseIp, STELLWERK_FIELD(rtc.addresses))},
      {"rtc.announce", "--announce", "Public ADDR[:PORT] in front of a NAT; several by comma", true,
       false, Many(ParseAnnounce, STELLWERK_FIELD(rtc.announce))},
      {"rtc.gather_us", "--gather",
       "Microseconds for which a video frame's packets wait for each other; 0 = not", false, false,
       One(CountIn(0, 20'000), STELLWERK_FIELD(rtc.gather_us))},
      {"workers.count", "--workers", "Worker processes; 0 = one per core", false, false,
       One(CountIn(0, 1024), STELLWERK_FIELD(workers.count))},
      {"workers.binary", "", "The stellwerk-worker to start", false, false,
       One(ParseText, STELLWERK_FIELD(workers.binary))},
      {"workers.runtime_dir", "--runtime-dir", "Private folder for control sockets", false, false,
       One(ParseText, STELLWERK_FIELD(workers.runtime_dir))},
      {"signaling.grace", "", "How long a participant outlives a broken connection", false, false,
       One(ParseDuration, STELLWERK_FIELD(signaling.grace))},
      {"limits.rooms", "", "Rooms at a time", false, false,
       One(CountIn(1, 1'000'000), STELLWERK_FIELD(limits.rooms))},
      {"limits.participants_per_room", "", "Participants in a room, viewers included", false, false,
       One(CountIn(1, 100'000), STELLWERK_FIELD(limits.participants_per_room))},
      {"limits.audio_slots", "", "Audio slots of one participant", false, false,
       One(CountIn(0, 64), STELLWERK_FIELD(limits.audio_slots))},
      {"limits.video_slots", "", "Video slots of one participant", false, false,
       One(CountIn(0, 64), STELLWERK_FIELD(limits.video_slots))},
      {"media.audio_codecs", "", "Negotiable audio codecs, the preferred first", true, false,
       Many(CodecOf(MediaKind::kAudio), STELLWERK_FIELD(media.audio_codecs))},
      {"media.video_codecs", "", "Negotiable video codecs, the preferred first", true, false,
       Many(CodecOf(MediaKind::kVideo), STELLWERK_FIELD(media.video_codecs))},
      {"auth.room_token", "", "Shared token that joining a room needs", false, false,
       One(ParseSecret, STELLWERK_FIELD(auth.room_token))},
      {"auth.whip_token", "", "Shared bearer token that WHIP and WHEP need", false, false,
       One(ParseSecret, STELLWERK_FIELD(auth.whip_token))},
      {"log.level", "--log-level", "debug, info, warning or error", false, false,
       One(ParseLogLevel, STELLWERK_FIELD(log.level))},
      {"log.addresses", "--log-addresses", "Show addresses and names in logs", false, true,
       One(ParseBool, STELLWERK_FIELD(log.addresses))},
      {"drain_timeout", "--drain-timeout", "How long a drain waits for rooms to empty", false,
       false, One(ParseDuration, STELLWERK_FIELD(drain_timeout))},
  };
}

#undef STELLWERK_FIELD

}  // namespace

std::string ConfigKey::environment_name() const {
  std::string name = "STELLWERK_" + path;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '.' ? '_' : static_cast<char>(std::toupper(c));
  });
  return name;
}

std::span<const ConfigKey> ConfigKeys() {
  static const std::vector<ConfigKey> keys = MakeKeys();
  return keys;
}

const ConfigKey* FindConfigKey(std::string_view path) {
  const auto keys = ConfigKeys();
  const auto it =
      std::find_if(keys.begin(), keys.end(), [&](const ConfigKey& k) { return k.path == path; });
  return it == keys.end() ? nullptr : &*it;
}

std::optional<std::string> FindContradiction(const Config& config) {
  if (config.tls.cert.empty() != config.tls.key.empty()) {
    return "config tls: cert and key belong together, one of them is missing";
  }
  if (config.tls.self_signed && !config.tls.cert.empty()) {
    return "config tls.self_signed: a certificate is given by tls.cert already";
  }
  if (config.rtc.port != 0 && config.rtc.port + config.workers.count > 65'536) {
    return "config rtc.port: " + std::to_string(config.rtc.port) + " leaves no room for " +
           std::to_string(config.workers.count) + " workers below 65536";
  }
  if (config.media.audio_codecs.empty() || config.media.video_codecs.empty()) {
    return "config media: audio_codecs and video_codecs need at least one codec each";
  }
  return std::nullopt;
}

}  // namespace stellwerk
