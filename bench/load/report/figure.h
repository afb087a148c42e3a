#pragma once

#include <span>
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
  kCores,   // seconds of CPU time in a second
  kPixels,  // lines of a picture
  kPerMinute,
};

enum class Better { kLower, kHigher, kNeither };

// One figure of a report. The catalogue is the one place that knows it: `--expect`, the tables, the
// files and the README follow.
struct FigureKind {
  std::string_view key;         // "join_p95": for --expect, JSON and CSV
  std::string_view label;       // "join": for people; percentiles of one thing share it
  std::string_view percentile;  // "p95"; empty if it is none
  FigureGroup group{};
  FigureUnit unit{};
  Better better{};
  // One sentence, exact. Percentiles of one thing share it.
  std::string_view definition;
};

// In the order of reports; percentiles of one thing stand together.
std::span<const FigureKind> FigureKinds();
// Null if there is none of that key.
const FigureKind* FindFigure(std::string_view key);
// The key that a mistyped one comes closest to; empty if none comes close.
std::string_view NearestFigureKey(std::string_view key);

std::string_view GroupName(FigureGroup group);  // "network"

}  // namespace stellwerk::load
