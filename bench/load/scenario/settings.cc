#include "bench/load/scenario/settings.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bench/load/scenario/value_text.h"
#include "bench/synthetic/payload_mark.h"

namespace stellwerk::load {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A packet has to hold its mark.
constexpr int64_t kLeastAudio = (synthetic::PayloadMark::kSize + 1) * 8 * 50;

// A kind of value: how it is called, read and printed.
template <typename T>
struct ValueKind {
  std::string values;
  std::function<ParsedValue<T>(std::string_view)> parse;
  std::function<std::string(const T&)> print;
  bool is_switch = false;
  bool is_text = false;
};

// `field` refers to the setting's place in a scenario.
template <typename T, typename Field>
Setting Make(std::string path, ValueKind<T> kind, Field field, std::string help) {
  Setting setting;
  setting.path = std::move(path);
  setting.values = kind.values;
  setting.help = std::move(help);
  setting.is_switch = kind.is_switch;
  setting.is_text = kind.is_text;
  setting.set = [parse = kind.parse, field](Scenario& scenario,
                                            std::string_view text) -> std::optional<std::string> {
    ParsedValue<T> value = parse(text);
    if (!value) return value.error();
    field(scenario) = *std::move(value);
    return std::nullopt;
  };
  setting.print = [print = kind.print, field](const Scenario& scenario) {
    Scenario copy = scenario;
    return print(field(copy));
  };
  return setting;
}

ValueKind<int> Count(int min, int max) {
  return {.values = std::to_string(min) + ".." + std::to_string(max),
          .parse = [=](std::string_view text) -> ParsedValue<int> {
            auto value = ParseWhole(text, min, max);
            if (!value) return Unexpected<std::string>(value.error());
            return static_cast<int>(*value);
          },
          .print = [](const int& value) { return std::to_string(value); }};
}

ValueKind<double> Number(double min, double max) {
  return {.values = PrintNumber(min) + ".." + PrintNumber(max),
          .parse = [=](std::string_view text) { return ParseNumber(text, min, max); },
          .print = PrintNumber};
}

ValueKind<TimeDelta> Duration(TimeDelta min, TimeDelta max) {
  return {.values = "DURATION",
          .parse = [=](std::string_view text) { return ParseDuration(text, min, max); },
          .print = PrintDuration};
}

// Zero: never. More often than ten times a second no person does anything.
ValueKind<TimeDelta> Period() {
  return {.values = "DURATION",
          .parse = [](std::string_view text) -> ParsedValue<TimeDelta> {
            auto value = ParseDuration(text, TimeDelta{}, hours(24));
            if (!value || value->count() == 0) return value;
            return ParseDuration(text, milliseconds(100), hours(24));
          },
          .print = PrintDuration};
}

ValueKind<DataRate> Rate(int64_t min_bps, int64_t max_bps) {
  return {.values = "RATE",
          .parse =
              [=](std::string_view text) {
                return ParseRate(text, DataRate::BitsPerSecond(min_bps),
                                 DataRate::BitsPerSecond(max_bps));
              },
          .print = PrintRate};
}

ValueKind<double> Share() { return {.values = "SHARE", .parse = ParseShare, .print = PrintShare}; }

ValueKind<bool> Switch() {
  return {.values = "true|false",
          .parse = ParseSwitch,
          .print = [](const bool& value) { return std::string(value ? "true" : "false"); },
          .is_switch = true};
}

// `minimum`: 1 where it may not be empty.
ValueKind<std::string> Text(std::string values, std::size_t minimum, std::size_t maximum) {
  return {.values = std::move(values),
          .parse = [=](std::string_view text) { return ParseText(text, minimum, maximum); },
          .print = [](const std::string& value) { return value; },
          .is_text = true};
}

// One of some words.
template <typename T>
ValueKind<T> Choice(const std::vector<std::pair<std::string, T>>& choices) {
  std::vector<std::string> names;
  std::string values;
  for (const auto& [name, value] : choices) {
    names.push_back(name);
    values += (values.empty() ? "" : "|") + name;
  }
  return {.values = values,
          .parse = [=](std::string_view text) -> ParsedValue<T> {
            auto index = ParseChoice(text, names);
            if (!index) return Unexpected<std::string>(index.error());
            return choices[*index].second;
          },
          .print =
              [=](const T& value) {
                const auto it = std::find_if(choices.begin(), choices.end(),
                                             [&](const auto& c) { return c.second == value; });
                return it == choices.end() ? std::string() : it->first;
              }};
}

ValueKind<uint64_t> Seed() {
  return {.values = "NUMBER", .parse = ParseSeed, .print = [](const uint64_t& value) {
            return std::to_string(value);
          }};
}

ValueKind<synthetic::ScalabilityMode> Mode() {
  return {.values = "L1T1..L3T3_KEY",
          .parse = [](std::string_view text) -> ParsedValue<synthetic::ScalabilityMode> {
            const auto mode = synthetic::ScalabilityMode::Parse(text);
            if (mode) return *mode;
            return Unexpected<std::string>(
                Quoted(text) +
                " is no scalability mode (L1T1 to L3T3, L2T1_KEY to L3T3_KEY, S2T1 "
                "to S3T3)");
          },
          .print = [](const synthetic::ScalabilityMode& mode) { return mode.ToText(); }};
}

ValueKind<Layout> LayoutChoice() {
  std::vector<std::pair<std::string, Layout>> choices;
  for (const Layout layout : kLayouts) choices.emplace_back(LayoutName(layout), layout);
  return Choice(choices);
}

#define STELLWERK_FIELD(member) \
  [](Scenario & s) -> auto& { return s.member; }

void AppendRun(std::vector<Setting>& out) {
  out.push_back(
      Make("name", Text("TEXT", 1, 64), STELLWERK_FIELD(name), "what the report calls it"));
  out.push_back(Make("seed", Seed(), STELLWERK_FIELD(seed),
                     "the same seed makes the same choices and losses again"));
  out.push_back(Make("rooms", Count(1, 100'000), STELLWERK_FIELD(rooms), "rooms at a time"));
  out.push_back(Make("publishers", Count(0, 1'000), STELLWERK_FIELD(publishers),
                     "people in each room who send, and watch the others"));
  out.push_back(Make("subscribers", Count(0, 100'000), STELLWERK_FIELD(subscribers),
                     "people in each room who only watch"));
  out.push_back(Make("joins_per_second", Number(0.01, 10'000), STELLWERK_FIELD(joins_per_second),
                     "how fast they come"));
  out.push_back(Make("duration", Duration(milliseconds(100), hours(24)), STELLWERK_FIELD(duration),
                     "how long it goes on after the last has come"));
  out.push_back(Make("churn_per_minute", Number(0, 60'000), STELLWERK_FIELD(churn_per_minute),
                     "people of the whole run who leave and are replaced"));
}

void AppendBehaviour(std::vector<Setting>& out) {
  out.push_back(Make("layout", LayoutChoice(), STELLWERK_FIELD(layout),
                     "what each sees: one at 720 and four at 180; nine at 360; 25 at 180; all"));
  out.push_back(Make("layout_flip_every", Period(), STELLWERK_FIELD(layout_flip_every),
                     "each person changes to another layout, or back; 0s = never"));
  out.push_back(Make("speaker_change_every", Period(), STELLWERK_FIELD(speaker_change_every),
                     "one in each room talks and the others are silent, then another; 0s = all "
                     "talk as audio.talk says"));
  out.push_back(Make("mute_storm.every", Period(), STELLWERK_FIELD(mute_storm.every),
                     "many mute microphone and camera at once; 0s = never"));
  out.push_back(Make("mute_storm.share", Share(), STELLWERK_FIELD(mute_storm.share),
                     "of each room's publishers"));
  out.push_back(Make("mute_storm.lasts", Duration(milliseconds(100), hours(1)),
                     STELLWERK_FIELD(mute_storm.lasts), "until they unmute"));
  out.push_back(Make("reconnect_every", Period(), STELLWERK_FIELD(reconnect_every),
                     "somebody loses the network and comes back; 0s = never"));
}

void AppendMedia(std::vector<Setting>& out) {
  out.push_back(Make("video.codec",
                     Choice<std::optional<Codec>>({{"vp8", Codec::kVp8},
                                                   {"vp9", Codec::kVp9},
                                                   {"av1", Codec::kAv1},
                                                   {"h264", Codec::kH264},
                                                   {"none", std::nullopt}}),
                     STELLWERK_FIELD(video.codec), "none = no video at all"));
  out.push_back(
      Make("video.simulcast",
           Choice<std::optional<bool>>({{"auto", std::nullopt}, {"true", true}, {"false", false}}),
           STELLWERK_FIELD(video.simulcast),
           "up to three encodings; auto = if the mode has no spatial layers"));
  out.push_back(Make("video.mode", Mode(), STELLWERK_FIELD(video.mode),
                     "spatial and temporal layers of each encoding"));
  out.push_back(Make("video.width", Count(16, 7'680), STELLWERK_FIELD(video.width),
                     "pixels of the highest layer"));
  out.push_back(Make("video.height", Count(16, 4'320), STELLWERK_FIELD(video.height),
                     "pixels of the highest layer"));
  out.push_back(Make("video.bitrate", Rate(10'000, 100'000'000), STELLWERK_FIELD(video.bitrate),
                     "of the highest encoding; lower ones have a third and a tenth of it"));
  out.push_back(Make("video.fps", Count(1, 120), STELLWERK_FIELD(video.frames_per_second),
                     "pictures in a second"));
  out.push_back(Make("video.keyframe_interval", Period(), STELLWERK_FIELD(video.keyframe_interval),
                     "0s = only the first and those that are asked for"));
  out.push_back(Make("video.replay", Text("FILE", 0, 4'096), STELLWERK_FIELD(video.replay),
                     "IVF file whose frame sizes and times are sent instead"));
  out.push_back(Make("audio.codec", Choice<bool>({{"opus", true}, {"none", false}}),
                     STELLWERK_FIELD(audio.on), "none = no audio at all"));
  out.push_back(Make("audio.bitrate", Rate(kLeastAudio, 256'000), STELLWERK_FIELD(audio.bitrate),
                     "while somebody talks"));
  out.push_back(Make("audio.dtx", Switch(), STELLWERK_FIELD(audio.dtx),
                     "in silence send only comfort noise, each 400 ms"));
  out.push_back(Make("audio.talk", Duration(milliseconds(100), hours(1)),
                     STELLWERK_FIELD(audio.talk), "mean length of a talk spurt"));
  out.push_back(Make("audio.silence", Duration(TimeDelta{}, hours(1)),
                     STELLWERK_FIELD(audio.silence),
                     "mean silence between two; 0s = all talk all the time"));
  out.push_back(Make("audio.level", Count(0, 126), STELLWERK_FIELD(audio.level),
                     "of speech, dB below the loudest"));
  out.push_back(Make("audio.replay", Text("FILE", 0, 4'096), STELLWERK_FIELD(audio.replay),
                     "Ogg Opus file whose packet sizes are sent instead"));
  out.push_back(Make("adapt", Switch(), STELLWERK_FIELD(adapt),
                     "publishers send what their link carries, as browsers do; otherwise always "
                     "the same"));
}

template <typename Field>
void AppendLink(const std::string& section, const std::string& whose, Field field,
                std::vector<Setting>& out) {
  const auto member = [field](auto pointer) {
    return [ field, pointer ](Scenario & scenario) -> auto& { return field(scenario).*pointer; };
  };
  out.push_back(Make(section + ".rate", Rate(0, 10'000'000'000), member(&LinkSettings::rate),
                     "bottleneck " + whose));
  out.push_back(Make(section + ".delay", Duration(TimeDelta{}, seconds(10)),
                     member(&LinkSettings::delay), "of each packet, one way"));
  out.push_back(Make(section + ".jitter", Duration(TimeDelta{}, seconds(10)),
                     member(&LinkSettings::jitter), "mean of what varies on top of the delay"));
  out.push_back(
      Make(section + ".loss", Share(), member(&LinkSettings::loss), "each packet for itself"));
  out.push_back(Make(section + ".queue", Duration(milliseconds(1), seconds(60)),
                     member(&LinkSettings::queue),
                     "longest wait before the bottleneck; what would wait longer is lost"));
}

std::vector<Setting> MakeSettings() {
  std::vector<Setting> out;
  AppendRun(out);
  AppendBehaviour(out);
  AppendMedia(out);
  AppendLink("up", "from each person to the server", STELLWERK_FIELD(up), out);
  AppendLink("down", "from the server to each person", STELLWERK_FIELD(down), out);
  out.push_back(Make("data", Switch(), STELLWERK_FIELD(data), "data channels are offered"));
  out.push_back(Make(
      "verify",
      Choice<Verify>({{"sample", Verify::kSample}, {"all", Verify::kAll}, {"none", Verify::kNone}}),
      STELLWERK_FIELD(verify),
      "whose packets are decrypted and judged; those of the others are counted"));
  return out;
}

#undef STELLWERK_FIELD

}  // namespace

std::string Setting::flag() const {
  std::string name = "--" + path;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

std::span<const Setting> Settings() {
  static const std::vector<Setting> settings = MakeSettings();
  return settings;
}

const Setting* FindSetting(std::string_view path) {
  const auto settings = Settings();
  const auto it = std::find_if(settings.begin(), settings.end(),
                               [&](const Setting& s) { return s.path == path; });
  return it == settings.end() ? nullptr : &*it;
}

std::optional<std::string> NearestSetting(std::string_view path) {
  std::vector<std::string> paths;
  for (const Setting& setting : Settings()) {
    const std::size_t dot = setting.path.find('.');
    // Whoever writes "bitrate" may mean that of one of the sections.
    if (dot != std::string::npos && setting.path.substr(dot + 1) == path) return setting.path;
    paths.push_back(setting.path);
    if (dot != std::string::npos) paths.push_back(setting.path.substr(0, dot));
  }
  return NearestName(path, paths);
}

std::string SettingsTable() {
  const Scenario defaults;
  std::string out = "| setting | values | default | |\n|---|---|---|---|\n";
  for (const Setting& setting : Settings()) {
    std::string values = setting.values;
    for (std::size_t at = 0; (at = values.find('|', at)) != std::string::npos; at += 2) {
      values.insert(at, "\\");
    }
    const std::string value = setting.print(defaults);
    out += "| `" + setting.path + "` | " + values + " | " + value + " | " + setting.help + " |\n";
  }
  return out;
}

}  // namespace stellwerk::load
