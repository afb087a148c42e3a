#include "bench/quality/plot.h"

#include <cstdio>
#include <memory>
#include <sstream>

namespace stellwerk::synthetic {
namespace {

double Kbps(DataRate rate) { return static_cast<double>(rate.bps()) / 1000; }

double Milliseconds(TimeDelta time) { return static_cast<double>(time.count()) / 1e6; }

double Level(const std::optional<Layer>& layer) {
  if (!layer) return 0;
  return 1 + layer->encoding + layer->spatial.value() + 0.25 * layer->temporal.value();
}

// The column of the first slot.
constexpr std::size_t kFirstSlot = 10;

}  // namespace

std::string PlotData(const Recording& recording, const ViewerRecording& viewer) {
  std::ostringstream out;
  out << "seconds\tcapacity\testimate\tdelivered\tpadding\tallocated\twanted\tqueueing\tpacer";
  for (std::size_t i = 0; i < viewer.video.size(); ++i) out << "\tslot " << i + 1;
  out << "\n";
  for (const Sample& sample : viewer.samples) {
    out << static_cast<double>((sample.at - recording.start).count()) / 1e9 << "\t";
    if (sample.capacity > DataRate()) out << Kbps(sample.capacity);
    out << "\t" << Kbps(sample.estimate) << "\t" << Kbps(sample.delivered) << "\t"
        << Kbps(sample.padding) << "\t" << Kbps(sample.allocated) << "\t" << Kbps(sample.wanted)
        << "\t" << Milliseconds(sample.queueing) << "\t" << Milliseconds(sample.pacer_delay);
    for (const auto& layer : sample.shown) out << "\t" << Level(layer);
    out << "\n";
  }
  return out.str();
}

std::string PlotScript(const Scenario& scenario, const std::string& viewer, std::size_t slots,
                       const std::string& data_file, const std::string& png_file) {
  std::ostringstream out;
  out << "set terminal pngcairo size 1200,900 font 'sans,10'\n"
      << "set output '" << png_file << "'\n"
      << "set datafile separator '\\t'\n"
      << "file = '" << data_file << "'\n"
      << "set multiplot layout 3,1 title \"" << scenario.name << ", " << viewer << " (seed "
      << scenario.seed << ")\\n"
      << scenario.about << "\" noenhanced\n"
      << "set grid\nset xrange [0:" << static_cast<double>(scenario.duration.count()) / 1e9
      << "]\nset lmargin 10\nset rmargin 3\nset key outside top right horizontal\n"
      << "set ylabel 'kbit/s'\nset yrange [0:*]\n"
      << "plot file every ::1 using 1:2 with steps lw 2 lc rgb '#999999' title 'capacity', "
      << "'' every ::1 using 1:4 with lines lc rgb '#4c9f70' title 'delivered', "
      << "'' every ::1 using 1:5 with lines lc rgb '#d95f02' title 'padding', "
      << "'' every ::1 using 1:6 with lines lc rgb '#c08fd0' title 'allocated', "
      << "'' every ::1 using 1:3 with lines lw 2 lc rgb '#1f4e99' title 'estimate'\n"
      << "set ylabel 'queueing, ms'\n"
      << "plot file every ::1 using 1:8 with lines lc rgb '#b22222' title 'in the link', "
      << "'' every ::1 using 1:9 with lines lc rgb '#7f7f7f' title 'in the pacer'\n"
      << "set xlabel 's'\nset ylabel 'layer'\nset yrange [-0.2:4]\nset ytics 1\nplot ";
  for (std::size_t i = 0; i < slots; ++i) {
    if (i > 0) out << ", ";
    // A little apart, so that slots with one layer don't hide each other.
    out << "file every ::1 using 1:($" << kFirstSlot + i << "+" << 0.03 * static_cast<double>(i)
        << ") with steps lw 1.5 title 'slot " << i + 1 << "'";
  }
  out << "\nunset multiplot\n";
  return out.str();
}

bool RunGnuplot(const std::string& script) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen("gnuplot 2>&1", "w"), [](FILE*) {
    return 0;  // closed below, where its status is read
  });
  if (!pipe) return false;
  const bool written = std::fwrite(script.data(), 1, script.size(), pipe.get()) == script.size();
  return pclose(pipe.get()) == 0 && written;
}

}  // namespace stellwerk::synthetic
