#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stellwerk::load {

enum class FigureGroup { kJoin, kNetwork, kPicture, kEstimate, kServer, kGenerator, kRun };

// What a figure's value is held in.
enum class FigureUnit {
  kCount,
  kMilliseconds,
  kSeconds,
  kRatio,    // 0..1, shown in per cent
  kFactor,   // of two like things, around 1
  kBitRate,  // bit/s
  kBytes,
  kCores,  // seconds of CPU time in a second
  kPixels,
  kPerMinute,
};

enum class Better { kLower, kHigher, kNeither };

// One figure of a report. The catalogue is the one place that knows it: `--expect`, the tables, the
// files and the README follow.
struct FigureKind {
  std::string_view key;    // "join_p95": for --expect, JSON and CSV
  std::string_view label;  // "join, p95": for people, unique in its group
  FigureGroup group{};
  FigureUnit unit{};
  Better better{};
  std::string_view definition;  // one sentence, exact
};

// In the order of reports.
std::span<const FigureKind> FigureKinds();
// Null if there is none of that key.
const FigureKind* FindFigure(std::string_view key);
// The key that a mistyped one comes closest to; empty if none comes close.
std::string_view NearestFigureKey(std::string_view key);

std::string_view GroupName(FigureGroup group);  // "network"
std::string_view UnitName(FigureUnit unit);     // "bit/s", as the files name it
// For people, in a handy unit: "12.3 ms", "0.02 %", "2.41 Mbit/s", "1.3 cores".
std::string FormatValue(FigureUnit unit, double value);

}  // namespace stellwerk::load
