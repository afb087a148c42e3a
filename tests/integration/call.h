#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/synthetic/runner/room_client.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"
#include "rtc/base/media_parameters.h"
#include "tests/integration/server_process.h"

namespace stellwerk::integration {

using namespace std::chrono_literals;

// The limit of a wait that ends as soon as its condition holds; generous, because instrumented
// binaries share the machine.
inline constexpr TimeDelta kPatience = 30s;

// A room in the real server, joined by synthetic participants who each send audio and a camera
// with three layers, and have slots for all others.
class Call : public testing::Test {
 protected:
  void SetUp() override { StartServer({}); }
  // Replaces the server of SetUp.
  void StartServer(const std::vector<std::string>& flags);

  // Joins and waits until the transport is up. The participant's audio payload mark is `source`,
  // its video mark 100 + source.
  synthetic::RoomClient* Join(const std::string& identity, uint32_t source, bool wait = true,
                              std::optional<Fingerprint> announced_fingerprint = std::nullopt);
  // Ends a client, without a goodbye, as a reloaded page does.
  void Forget(synthetic::RoomClient* client);

  bool RunUntil(const std::function<bool()>& done, TimeDelta limit = kPatience) {
    return swarm_->RunUntil(done, limit);
  }
  void RunFor(TimeDelta duration) { swarm_->RunFor(duration); }

  // True when `viewer` has decoded `frames` more pictures of each named participant than before,
  // and hears audio.
  bool SeesMore(synthetic::RoomClient& viewer, const std::vector<std::string>& whom,
                uint64_t frames);
  // No slot of `viewer` has ever received what a decoder would stumble over, and nothing that was
  // lost stayed lost.
  static void ExpectClean(synthetic::RoomClient& viewer);
  // The same but for packets that were lost for good.
  static void ExpectNoErrors(synthetic::RoomClient& viewer);

  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<synthetic::Swarm> swarm_;
  std::unique_ptr<synthetic::WebClient> web_;
  std::vector<std::unique_ptr<synthetic::RoomClient>> clients_;

  // Clients before the web client and the swarm they use.
  void TearDown() override {
    clients_.clear();
    web_.reset();
    swarm_.reset();
    server_.reset();
  }
};

// All slots of a client with the reports about them.
std::vector<const synthetic::StreamReport*> SlotReports(synthetic::RoomClient& client);

}  // namespace stellwerk::integration
