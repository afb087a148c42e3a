#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/scenario/scenario.h"

namespace stellwerk::load {

// One setting of a scenario: file, flags and the README's table are made of the same list.
struct Setting {
  std::string path;        // in the file: "video.codec"
  std::string values;      // what it takes: "vp8, vp9, av1, h264 or none", "duration, at most 24h"
  std::string help;        // one phrase
  bool is_switch = false;  // true or false; the flag needs no value
  // Sets the value; an error is the end of a sentence that begins with the key.
  std::function<std::optional<std::string>(Scenario&, std::string_view)> set;
  // As `set` reads it.
  std::function<std::string(const Scenario&)> print;

  // "--video-codec".
  [[nodiscard]] std::string flag() const;
};

// All, in the order of a file.
std::span<const Setting> Settings();
// nullptr if there is none of that path.
const Setting* FindSetting(std::string_view path);

// What no single setting can see: spatial layers with VP8, nobody in a room. The end of a sentence
// that begins with the scenario; nullopt if all is well.
std::optional<std::string> FindContradiction(const Scenario& scenario);

// The table of all settings in Markdown, with defaults: the README's.
std::string SettingsTable();

}  // namespace stellwerk::load
