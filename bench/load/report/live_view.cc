#include "bench/load/report/live_view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "bench/load/report/figure.h"
#include "bench/load/report/text_columns.h"
#include "bench/load/report/value_text.h"

namespace stellwerk::load {
namespace {

constexpr std::size_t kHistory = 120;

std::string Shown(FigureUnit unit, const std::optional<double>& value) {
  return value ? FormatValue(unit, *value) : "-";
}

std::string TimeLeft(const LiveStatus& status) {
  return status.total_seconds > 0
             ? FormatClock(std::ceil(std::max(status.total_seconds - status.seconds, 0.0))) +
                   " left"
             : FormatClock(status.seconds);
}

double Done(const LiveStatus& status) {
  return status.total_seconds > 0 ? status.seconds / status.total_seconds : 0;
}

std::string Joins(const LiveStatus& status) {
  std::string text = FormatNumber(status.joined) + " joined";
  if (status.join_failed > 0) text += ", " + FormatNumber(status.join_failed) + " failed";
  return text;
}

std::string Connected(const LiveStatus& status) {
  return FormatNumber(std::round(status.now.participants)) + " of " +
         FormatNumber(status.participants);
}

// A row of a label and up to three cells.
std::string Row(std::string_view label, std::string_view first, std::string_view second = {},
                std::string_view third = {}) {
  std::string row = "  " + PadRight(label, 14) + PadRight(first, 22) + PadRight(second, 22);
  row += third;
  row.erase(row.find_last_not_of(' ') + 1);
  return row;
}

}  // namespace

std::string ProgressBar(double done, std::size_t width) {
  if (width < 3) return {};
  const std::size_t inner = width - 2;
  const double share = std::isfinite(done) ? std::clamp(done, 0.0, 1.0) : 0;
  const auto full = static_cast<std::size_t>(share * static_cast<double>(inner));
  return "[" + std::string(full, '#') + std::string(inner - full, '.') + "]";
}

std::string Sparkline(const std::vector<double>& values, std::size_t width) {
  constexpr std::array<std::string_view, 8> kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t shown = std::min(width, values.size());
  if (shown == 0) return {};
  const auto first = values.end() - static_cast<std::ptrdiff_t>(shown);
  const double greatest = *std::max_element(first, values.end());
  std::string line;
  for (auto value = first; value != values.end(); ++value) {
    const double share = greatest > 0 ? std::clamp(*value / greatest, 0.0, 1.0) : 0;
    line += kHeights[static_cast<std::size_t>(std::lround(share * (kHeights.size() - 1)))];
  }
  return line;
}

std::string LiveView::Update(const LiveStatus& status) {
  if (!options_.terminal) return Line(status);
  receive_rates_.push_back(std::isfinite(status.now.receive_rate) ? status.now.receive_rate : 0);
  if (receive_rates_.size() > kHistory) receive_rates_.erase(receive_rates_.begin());
  const std::string erase = Erase();
  table_ = Table(status);
  lines_ = static_cast<std::size_t>(std::count(table_.begin(), table_.end(), '\n'));
  return erase + table_;
}

std::string LiveView::Note(const std::string& line) {
  return Erase() + Printable(line) + "\n" + table_;
}

std::string LiveView::Finish() {
  const std::string erase = Erase();
  table_.clear();
  lines_ = 0;
  return erase;
}

// Up to its first line, then all below it away.
std::string LiveView::Erase() const {
  return lines_ == 0 ? "" : "\x1b[" + std::to_string(lines_) + "A\r\x1b[J";
}

std::string LiveView::Table(const LiveStatus& status) {
  const TimelineSample& now = status.now;
  std::vector<std::string> rows;
  const std::string left = TimeLeft(status);
  const std::string phase = Printable(status.phase);
  std::string head = FormatClock(status.seconds) + " ";
  if (status.total_seconds > 0) {
    const std::size_t taken = ColumnsOf(head) + ColumnsOf(left) + ColumnsOf(phase) + 4;
    const std::size_t room = options_.width > taken ? options_.width - taken : 0;
    head += ProgressBar(Done(status), std::min<std::size_t>(room, 50)) + " " + left + "  ";
  }
  rows.push_back(head + phase);
  rows.push_back(Row("participants", Connected(status), Joins(status)));
  rows.push_back(Row("join", "p50 " + Shown(FigureUnit::kMilliseconds, status.join_p50),
                     "p95 " + Shown(FigureUnit::kMilliseconds, status.join_p95)));
  rows.push_back(Row("rates", "in  " + FormatValue(FigureUnit::kBitRate, now.receive_rate),
                     "out " + FormatValue(FigureUnit::kBitRate, now.send_rate),
                     Sparkline(receive_rates_, options_.width > 80 ? options_.width - 62 : 18)));
  rows.push_back(Row("loss", "now " + Shown(FigureUnit::kRatio, now.loss),
                     "all " + Shown(FigureUnit::kRatio, status.loss)));
  rows.push_back(Row("transit", "p99 " + Shown(FigureUnit::kMilliseconds, now.transit_p99)));
  rows.push_back(Row("freezes", "now " + FormatNumber(now.freezes),
                     "all " + FormatNumber(status.freezes),
                     status.errors > 0 ? "errors " + FormatNumber(status.errors) : ""));
  rows.push_back(Row("CPU", "generator " + FormatNumber(now.generator_cpu),
                     now.server_cpu ? "server " + FormatNumber(*now.server_cpu) : ""));
  if (!status.problem.empty()) rows.push_back("  ! " + Printable(status.problem));

  std::string table;
  for (const std::string& row : rows) {
    // A line that the terminal wraps would be two, and the next table would not go over it.
    const std::string fits = Shorten(row, options_.width > 1 ? options_.width - 1 : 1);
    const bool warns = options_.colour && fits.starts_with("  !");
    table += (warns ? "\x1b[33m" + fits + "\x1b[0m" : fits) + "\n";
  }
  return table;
}

std::string LiveView::Line(const LiveStatus& status) const {
  const TimelineSample& now = status.now;
  std::string line = FormatClock(status.seconds);
  if (status.total_seconds > 0) {
    line += " (" + FormatNumber(std::floor(std::clamp(Done(status), 0.0, 1.0) * 100)) + " %, " +
            TimeLeft(status) + ")";
  }
  line += " " + Printable(status.phase) + ": " + Connected(status) + " in";
  if (status.join_failed > 0) line += ", " + FormatNumber(status.join_failed) + " failed";
  line += ", join p95 " + Shown(FigureUnit::kMilliseconds, status.join_p95) + ", in " +
          FormatValue(FigureUnit::kBitRate, now.receive_rate) + ", out " +
          FormatValue(FigureUnit::kBitRate, now.send_rate) + ", loss " +
          Shown(FigureUnit::kRatio, now.loss) + ", transit p99 " +
          Shown(FigureUnit::kMilliseconds, now.transit_p99) + ", freezes " +
          FormatNumber(now.freezes) + ", generator " +
          FormatValue(FigureUnit::kCores, now.generator_cpu);
  if (now.server_cpu) line += ", server " + FormatValue(FigureUnit::kCores, *now.server_cpu);
  return line + "\n";
}

LiveOptions OptionsOf(int file_descriptor) {
  LiveOptions options;
  const char* const term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  options.terminal = ::isatty(file_descriptor) == 1 && !dumb;
  options.colour = options.terminal && std::getenv("NO_COLOR") == nullptr;
  winsize size{};
  if (options.terminal && ::ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    options.width = size.ws_col;
  }
  return options;
}

}  // namespace stellwerk::load
