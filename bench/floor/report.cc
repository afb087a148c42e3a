#include "bench/floor/report.h"

#include <sys/utsname.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "transport/srtp/protector.h"

namespace stellwerk::bench {

std::string_view ToString(SendPath path) {
  switch (path) {
    case SendPath::kSingle:
      return "single";
    case SendPath::kRuns:
      return "runs";
    case SendPath::kConnected:
      return "connected";
    case SendPath::kSocket:
      return "socket";
  }
  return "";
}

std::string_view ToString(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "AEAD_AES_256_GCM";
    case SrtpProfile::kAes128CmSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
  }
  return "";
}

std::string Machine() {
  std::string processor = "unknown processor";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname kernel{};
  uname(&kernel);
  return processor + ", Linux " + kernel.release;
}

namespace {

double RunOf(const FloorResult& result) {
  return result.messages == 0
             ? 0
             : static_cast<double>(result.forwarded) / static_cast<double>(result.messages);
}

}  // namespace

std::string Table(std::span<const FloorResult> results) {
  std::string text = "network   path       burst   run  user ns  system ns  CPU ns\n";
  for (const FloorResult& result : results) {
    char line[160];
    std::snprintf(line, sizeof(line), "%-9s %-10s %5d %5.1f %8.0f %10.0f %7.0f  %s\n",
                  result.what.network.c_str(), std::string(ToString(result.what.path)).c_str(),
                  result.what.burst, RunOf(result), result.user_ns, result.system_ns,
                  result.user_ns + result.system_ns, result.invalid.c_str());
    text += line;
  }
  return text;
}

std::string Json(std::span<const FloorResult> results) {
  nlohmann::json list = nlohmann::json::array();
  for (const FloorResult& result : results) {
    const FloorCase& what = result.what;
    list.push_back({{"network", what.network},
                    {"path", ToString(what.path)},
                    {"burst", what.burst},
                    {"destinations", what.destinations},
                    {"packets_per_second", what.packets_per_second},
                    {"payload", what.payload},
                    {"profile", ToString(what.profile)},
                    {"forwarded", result.forwarded},
                    {"run", RunOf(result)},
                    {"lost", result.lost},
                    {"user_ns", result.user_ns},
                    {"system_ns", result.system_ns},
                    {"cpu_ns", result.user_ns + result.system_ns},
                    {"invalid", result.invalid}});
  }
  return nlohmann::json{{"machine", Machine()},
                        {"backend", stellwerk::ToString(BestSrtpBackend())},
                        {"results", list}}
             .dump(2) +
         "\n";
}

}  // namespace stellwerk::bench
