#include "bench/load/report/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "bench/load/report/html_text.h"
#include "bench/load/report/plot_axis.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

constexpr double kWidth = 400;
constexpr double kHeight = 200;
constexpr double kLeft = 64;
constexpr double kRight = 392;
constexpr double kTop = 8;
constexpr double kBottom = 176;
// Of a line: more could not be told apart.
constexpr std::size_t kMostPoints = 400;
constexpr std::size_t kMostHovers = 300;

std::string Coordinate(double value) {
  std::array<char, 32> text{};
  // Whatever a file says, nothing is drawn outside.
  std::snprintf(text.data(), text.size(), "%.1f", std::clamp(value, -kWidth, 2 * kWidth));
  return text.data();
}

// Of each of so many stretches the least and the greatest point, in their order.
std::vector<PlotPoint> Thinned(const std::vector<PlotPoint>& points) {
  if (points.size() <= kMostPoints) return points;
  std::vector<PlotPoint> kept;
  const std::size_t stretch = (points.size() + kMostPoints / 2 - 1) / (kMostPoints / 2);
  const auto less = [](const PlotPoint& a, const PlotPoint& b) { return a.y < b.y; };
  for (std::size_t at = 0; at < points.size(); at += stretch) {
    const auto first = points.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last =
        points.begin() + static_cast<std::ptrdiff_t>(std::min(at + stretch, points.size()));
    const auto [least, greatest] = std::minmax_element(first, last, less);
    kept.push_back(*std::min(least, greatest));
    if (least != greatest) kept.push_back(*std::max(least, greatest));
  }
  return kept;
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot) {
    for (const PlotLine& line : plot.lines) {
      PlotLine clean{.label = line.label};
      for (PlotPoint point : line.points) {
        if (!std::isfinite(point.x) || (plot.x_logarithmic && point.x <= 0)) continue;
        if (point.y && !std::isfinite(*point.y)) point.y.reset();
        Count(point);
        clean.points.push_back(point);
      }
      clean.points = Thinned(clean.points);
      lines_.push_back(std::move(clean));
    }
    if (plot.y_least) y_high_ = std::max(y_high_, *plot.y_least);
    if (plot.y_greatest) y_high_ = std::min(y_high_, *plot.y_greatest);
    if (!(y_high_ > 0)) y_high_ = 1;
    if (!plot.y_greatest) y_high_ *= 1.05;
    if (!(x_low_ < x_high_)) Widen();
  }

  std::string Draw() {
    out_ = "<figure class=\"plot\"><figcaption>" + EscapeHtml(plot_.title) + "</figcaption>\n";
    if (!any_) return out_ + "<p class=\"none\">no data</p></figure>\n";
    Legend();
    out_ += "<svg viewBox=\"0 0 " + Coordinate(kWidth) + " " + Coordinate(kHeight) +
            "\" role=\"img\" aria-label=\"" + EscapeHtml(plot_.title) + "\">\n";
    Grid();
    for (std::size_t i = 0; i < lines_.size(); ++i) Line(lines_[i], i + 1);
    Hovers();
    return out_ + "</svg></figure>\n";
  }

 private:
  void Count(const PlotPoint& point) {
    if (!point.y) return;
    x_low_ = any_ ? std::min(x_low_, point.x) : point.x;
    x_high_ = any_ ? std::max(x_high_, point.x) : point.x;
    y_high_ = std::max(y_high_, *point.y);
    any_ = true;
  }
  // One x alone makes no axis.
  void Widen() {
    const double around = plot_.x_logarithmic ? x_low_ * 0.5 : 0.5;
    x_low_ -= around;
    x_high_ += around;
  }

  [[nodiscard]] double X(double x) const {
    const double share = plot_.x_logarithmic ? (std::log(x) - std::log(x_low_)) /
                                                   (std::log(x_high_) - std::log(x_low_))
                                             : (x - x_low_) / (x_high_ - x_low_);
    return std::isfinite(share) ? kLeft + share * (kRight - kLeft) : kLeft;
  }
  [[nodiscard]] double Y(double y) const {
    return kBottom - std::clamp(y / y_high_, 0.0, 1.0) * (kBottom - kTop);
  }
  [[nodiscard]] std::string XText(double x) const {
    return plot_.x_unit == FigureUnit::kSeconds ? FormatClock(x) : TickText(plot_.x_unit, x);
  }

  void Legend() {
    if (lines_.size() < 2) return;
    out_ += "<ul class=\"legend\">";
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      out_ += "<li class=\"line" + std::to_string(i + 1) + "\">" + EscapeHtml(lines_[i].label) +
              "</li>";
    }
    out_ += "</ul>\n";
  }

  void Grid() {
    for (const double tick : Ticks(0, y_high_, 4)) {
      const std::string y = Coordinate(Y(tick));
      out_ += "<path class=\"" + std::string(tick == 0 ? "axis" : "grid") + "\" d=\"M" +
              Coordinate(kLeft) + " " + y + "H" + Coordinate(kRight) + "\"/><text x=\"" +
              Coordinate(kLeft - 6) + "\" y=\"" + y + "\" dy=\"0.35em\" class=\"end\">" +
              EscapeHtml(TickText(plot_.y_unit, tick)) + "</text>\n";
    }
    const auto ticks = plot_.x_logarithmic                    ? LogarithmicTicks(x_low_, x_high_)
                       : plot_.x_unit == FigureUnit::kSeconds ? TimeTicks(x_low_, x_high_, 5)
                                                              : Ticks(x_low_, x_high_, 5);
    double free_from = 0;
    for (const double tick : ticks) {
      const std::string x = Coordinate(X(tick));
      out_ += "<path class=\"grid\" d=\"M" + x + " " + Coordinate(kTop) + "V" +
              Coordinate(kBottom) + "\"/>";
      // About 6 units a letter; a text that would touch the one before is left out.
      const std::string text = XText(tick);
      const double half = 3.2 * static_cast<double>(text.size());
      if (X(tick) - half >= free_from && X(tick) + half <= kWidth) {
        out_ += "<text x=\"" + x + "\" y=\"" + Coordinate(kBottom + 16) + "\" class=\"middle\">" +
                EscapeHtml(text) + "</text>\n";
        free_from = X(tick) + half + 8;
      }
    }
  }

  void Line(const PlotLine& line, std::size_t number) {
    std::string path;
    bool drawing = false;
    for (const PlotPoint& point : line.points) {
      if (!point.y) {
        drawing = false;
        continue;
      }
      const std::string at = Coordinate(X(point.x)) + " " + Coordinate(Y(*point.y));
      // A stroke of no length, so that a point that stands alone is seen.
      path += drawing ? "L" + at : "M" + at + "h0";
      drawing = true;
    }
    if (path.empty()) return;
    out_ += "<path class=\"line line" + std::to_string(number) + "\" d=\"" + path + "\"/>\n";
  }

  // A strip around each x of the first line that says what all lines have there.
  void Hovers() {
    const auto& points = lines_.front().points;
    if (points.size() > kMostHovers) return;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double x = X(points[i].x);
      const double left = i == 0 ? x : (x + X(points[i - 1].x)) / 2;
      const double right = i + 1 == points.size() ? x : (x + X(points[i + 1].x)) / 2;
      std::string text = XText(points[i].x);
      for (const PlotLine& line : lines_) {
        if (i >= line.points.size() || line.points[i].x != points[i].x) continue;
        const auto& y = line.points[i].y;
        text += "\n" + line.label + (line.label.empty() ? "" : ": ") +
                (y ? FormatValue(plot_.y_unit, *y) : "n/a");
      }
      out_ += "<rect class=\"hover\" x=\"" + Coordinate(left - 0.5) + "\" y=\"" + Coordinate(kTop) +
              "\" width=\"" + Coordinate(right - left + 1) + "\" height=\"" +
              Coordinate(kBottom - kTop) + "\"><title>" + EscapeHtml(text) + "</title></rect>\n";
    }
  }

  const Plot& plot_;
  std::vector<PlotLine> lines_;
  std::string out_;
  bool any_ = false;
  double x_low_ = 0;
  double x_high_ = 0;
  double y_high_ = 0;
};

}  // namespace

std::string DrawPlot(const Plot& plot) { return Drawing(plot).Draw(); }

}  // namespace stellwerk::load
