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
  bool is_text = false;    // any text; otherwise a word, a number, a quantity
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

// What no single setting can see: spatial layers with VP8, nobody in a room.
struct Contradiction {
  std::string path;  // the setting to change
  std::string text;  // the end of a sentence that begins with it
};
// nullopt if all is well.
std::optional<Contradiction> FindContradiction(const Scenario& scenario);

// What may have been meant by a path that is none: of a setting, or a section ("video").
std::optional<std::string> NearestSetting(std::string_view path);

// The table of all settings in Markdown, with defaults: the README's.
std::string SettingsTable();

}  // namespace stellwerk::load
