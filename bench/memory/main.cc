// Measures what a participant who only is there costs the server in memory.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/memory/measured_server.h"
#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/room_client.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"
#include "transport/session/session_config.h"

namespace stellwerk::bench {
namespace {

using synthetic::MediaPlan;
using synthetic::RoomClient;

// They join before the first reading, so that what a server needs once is not counted.
constexpr int kFirstComers = 10;
constexpr int kJoiningAtOnce = 20;
constexpr uint64_t kFramesOfTalk = 100;  // two seconds
constexpr auto kJoinTimeout = std::chrono::seconds(20);
// After the last join, for what is allocated late.
constexpr auto kSettling = std::chrono::seconds(5);
// Beyond the release of TLS state: the worker gives free memory back once a minute.
constexpr auto kAfterRelease = std::chrono::seconds(70);

struct Flags {
  int participants = 400;
  int per_room = 50;
  bool talk = false;
  std::string server;
  std::vector<std::string> cases;
};

struct Case {
  std::string name;
  int audio_slots = 0;
  int video_slots = 0;
  enum class Data : uint8_t { kNone, kNegotiated, kOpen } data = Data::kNone;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"no slots", 0, 0},
      {"5 audio slots", 5, 0},
      {"5 audio, 9 video slots", 5, 9},
      {"the same, data channels negotiated", 5, 9, Case::Data::kNegotiated},
      {"the same, one opened by each of 2 in a room", 5, 9, Case::Data::kOpen},
  };
  return cases;
}

// One case: a server of its own, and the people in it.
class Trial {
 public:
  Trial(const Case& what, const Flags& flags, std::unique_ptr<MeasuredServer> server,
        synthetic::Swarm& swarm, synthetic::WebClient& web)
      : what_(what), flags_(flags), server_(std::move(server)), swarm_(swarm), web_(web) {}

  absl::Status Join(int count) {
    for (int joined = 0; joined < count;) {
      const int step = std::min(kJoiningAtOnce, count - joined);
      for (int i = 0; i < step; ++i) Add();
      joined += step;
      const bool up = swarm_.RunUntil([this] { return AllUp(); }, kJoinTimeout);
      if (!up) return absl::UnavailableError(absl::StrCat(what_.name, ": ", Trouble()));
    }
    return absl::OkStatus();
  }
  absl::Status Read(std::optional<ServerMemory>& into) {
    for (const Person& person : people_) {
      if (!person.client->connected())
        return absl::UnavailableError(absl::StrCat(what_.name, ": ", Trouble()));
    }
    const auto memory = server_->Read();
    if (!memory.ok()) return memory.status();
    into = *memory;
    return absl::OkStatus();
  }

  std::optional<ServerMemory> before, connected, released;
  [[nodiscard]] const Case& what() const { return what_; }

 private:
  struct Person {
    std::unique_ptr<RoomClient> client;
    bool muted = false;
    bool up = false;
  };

  void Add() {
    const auto number = static_cast<uint32_t>(people_.size());
    const int per_room = what_.data == Case::Data::kOpen ? 2 : flags_.per_room;
    synthetic::ParticipantConfig media;
    media.audio = {synthetic::AudioConfig{.source = number + 1}};
    media.audio_slots = what_.audio_slots;
    media.video_slots = what_.video_slots;
    media.data = what_.data != Case::Data::kNone;
    people_.push_back(
        {.client = std::make_unique<RoomClient>(
             swarm_, web_,
             synthetic::RoomClientConfig{
                 .url = server_->url(),
                 .room = "room-" + std::to_string(number / static_cast<uint32_t>(per_room)),
                 .identity = "p" + std::to_string(number)},
             std::move(media))});
    people_.back().client->Connect();
  }

  bool AllUp() {
    bool all = true;
    for (Person& person : people_) {
      person.up = person.up || Settle(person);
      all = all && person.up;
    }
    return all;
  }
  // Mutes who has joined (before it has said anything, unless it is to), and opens its channel.
  bool Settle(Person& person) {
    RoomClient& client = *person.client;
    if (client.answers() == 0 || client.participant() == nullptr) return false;
    synthetic::Participant& participant = *client.participant();
    for (const std::string& mid : participant.MidsOf(MediaPlan::Role::kAudioTrack)) {
      synthetic::PublishedTrack* track = participant.Track(mid);
      if (person.muted || track == nullptr) continue;
      if (flags_.talk && track->frames() < kFramesOfTalk) return false;
      track->SetRunning(false, swarm_.Now());
      client.Mute(mid, true);
      person.muted = true;
    }
    if (!person.muted || !client.connected()) return false;
    if (what_.data != Case::Data::kOpen) return true;
    const auto opened = participant.OpenChannel({.label = "chat"}, swarm_.Now(), swarm_.outbox());
    swarm_.Flush(participant);
    return opened.ok();
  }
  [[nodiscard]] std::string Trouble() const {
    for (const auto& [client, muted, up] : people_) {
      if (!client->error().empty()) return client->identity() + ": " + client->error();
    }
    return "not everybody is connected";
  }

  const Case& what_;
  const Flags& flags_;
  std::unique_ptr<MeasuredServer> server_;
  synthetic::Swarm& swarm_;
  synthetic::WebClient& web_;
  std::vector<Person> people_;
};

double PerParticipant(int64_t from, int64_t to, int participants) {
  return static_cast<double>(to - from) / participants / 1000;
}

void Print(const std::vector<std::unique_ptr<Trial>>& trials, int participants) {
  std::printf("%d idle participants each; kB (1000 bytes) of resident memory per participant\n\n",
              participants);
  std::printf("| | worker, two minutes after the join | 5 s after it | controller |\n");
  std::printf("|---|---|---|---|\n");
  for (const auto& trial : trials) {
    const auto worker = [&](const ServerMemory& memory) {
      return PerParticipant(trial->before->worker, memory.worker, participants);
    };
    std::printf(
        "| %s | %.1f | %.1f | %.1f |\n", trial->what().name.c_str(), worker(*trial->released),
        worker(*trial->connected),
        PerParticipant(trial->before->controller, trial->released->controller, participants));
  }
  const auto slot = [&](std::size_t without, std::size_t with, int slots) {
    const auto used = [&](const Trial& trial) {
      return trial.released->worker - trial.before->worker;
    };
    return PerParticipant(used(*trials[without]), used(*trials[with]), participants) / slots;
  };
  if (trials.size() < 3 || trials[2]->what().name != Cases()[2].name) return;
  std::printf("\nper slot: audio %.2f, video %.2f\n", slot(0, 1, 5), slot(1, 2, 9));
}

absl::Status Measure(const Flags& flags) {
  auto swarm = synthetic::Swarm::Create();
  if (!swarm.ok()) return swarm.status();
  auto web = synthetic::WebClient::Create((*swarm)->loop());
  if (!web.ok()) return web.status();
  std::vector<std::unique_ptr<Trial>> trials;
  for (std::size_t i = 0; i < Cases().size(); ++i) {
    if (!flags.cases.empty() &&
        std::find(flags.cases.begin(), flags.cases.end(), std::to_string(i)) == flags.cases.end())
      continue;
    auto server = MeasuredServer::Start(flags.server);
    if (!server.ok()) return server.status();
    auto trial = std::make_unique<Trial>(Cases()[i], flags, *std::move(server), **swarm, **web);
    absl::Status status = trial->Join(kFirstComers);
    if (status.ok()) status = trial->Read(trial->before);
    if (status.ok()) status = trial->Join(flags.participants);
    if (!status.ok()) return status;
    trials.push_back(std::move(trial));
  }
  (*swarm)->RunFor(kSettling);
  for (const auto& trial : trials) {
    if (const absl::Status status = trial->Read(trial->connected); !status.ok()) return status;
  }
  (*swarm)->RunFor(kDtlsKeptAfterConnect + kAfterRelease);
  for (const auto& trial : trials) {
    if (const absl::Status status = trial->Read(trial->released); !status.ok()) return status;
  }
  Print(trials, flags.participants);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Flags flags;
  flags.server = (std::filesystem::path(argv[0]).parent_path() / "stellwerk").string();
  CLI::App app{"What an idle participant costs the server in memory, in several cases at once."};
  app.add_option("--participants", flags.participants, "in each case, beyond the first few")
      ->check(CLI::Range(1, 5000))
      ->capture_default_str();
  app.add_option("--per-room", flags.per_room)->check(CLI::Range(1, 200))->capture_default_str();
  app.add_option("--cases", flags.cases, "their numbers, from 0; default: all")->delimiter(',');
  app.add_flag("--talk", flags.talk, "each talks for 2 s before it is muted");
  app.add_option("--server", flags.server, "another stellwerk")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (const absl::Status status = Measure(flags); !status.ok()) {
    std::fprintf(stderr, "bench_memory: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace stellwerk::bench

int main(int argc, char** argv) { return stellwerk::bench::Main(argc, argv); }
