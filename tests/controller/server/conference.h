#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "controller/server/controller.h"
#include "rtc/base/random.h"
#include "tests/controller/room/test_offer.h"

namespace stellwerk::test {

using Json = nlohmann::json;

// A whole controller with a worker made of a list: what clients say goes in as JSON, what they hear
// and what the worker is asked for is kept. Time moves only when told.
class Conference {
 public:
  explicit Conference(Controller::Options options = {}) : controller(std::move(options), random) {
    StartWorker(1);
  }

  void StartWorker(uint32_t id) {
    proto::WorkerHello hello;
    hello.fingerprint = {"sha-256", std::vector<uint8_t>(32, 7)};
    hello.candidates = {{"1", CandidateProtocol::kUdp, 2'130'706'431, "192.0.2.1", 20'000}};
    Run([&](ControllerOutput& out) { controller.AddWorker(WorkerId(id), hello, out); });
  }
  void LoseWorker(uint32_t id) {
    Run([&](ControllerOutput& out) { controller.LoseWorker(WorkerId(id), out); });
  }
  void Notify(const proto::Notification& notification, uint32_t worker = 1) {
    Run([&](ControllerOutput& out) {
      controller.HandleNotification(WorkerId(worker), notification, out);
    });
  }
  void Pass(TimeDelta time) {
    now += time;
    Run([&](ControllerOutput& out) { controller.HandleTimeout(now, out); });
  }

  ConnectionId Connect() {
    const ConnectionId id(next_connection_++);
    controller.OpenConnection(now, id);
    return id;
  }
  void Break(ConnectionId id) { controller.CloseConnection(now, id); }
  void SayText(ConnectionId id, std::string_view text) {
    Run([&](ControllerOutput& out) { controller.HandleText(now, id, text, out); });
  }
  void Say(ConnectionId id, const Json& message) { SayText(id, message.dump()); }

  struct Guest {
    ConnectionId connection;
    Json welcome;
  };
  // Joins and expects to be welcome.
  Guest Join(const std::string& identity, Json more = Json::object(),
             const std::string& room = "tea") {
    Guest guest{Connect(), {}};
    more.update({{"type", "hello"}, {"version", 1}, {"room", room}, {"identity", identity}});
    Say(guest.connection, more);
    guest.welcome = Hear(guest.connection, "welcome").value_or(Json());
    return guest;
  }
  // The reply to an offer.
  Json Offer(ConnectionId id, const TestOffer& offer) {
    Say(id, {{"type", "offer"}, {"id", 1}, {"sdp", offer.Text()}});
    if (auto answer = Hear(id, "answer")) return *answer;
    return Hear(id, "error").value_or(Json());
  }

  // The next message of that type to that connection; those before it are dropped.
  std::optional<Json> Hear(ConnectionId id, const std::string& type) {
    auto& inbox = inboxes[id];
    auto it = inbox.begin();
    while (it != inbox.end() && (*it)["type"] != type) ++it;
    if (it == inbox.end()) return std::nullopt;
    Json message = *it;
    inbox.erase(inbox.begin(), it + 1);
    return message;
  }
  [[nodiscard]] bool IsClosed(ConnectionId id) const { return closed.contains(id); }

  // All requests of one type since the last Forget().
  template <typename T>
  std::vector<T> Requests() const {
    std::vector<T> result;
    for (const auto& entry : requests) {
      if (const T* request = std::get_if<T>(&entry.request)) result.push_back(*request);
    }
    return result;
  }
  void Forget() {
    requests.clear();
    inboxes.clear();
  }

  template <typename Action>
  void Run(Action action) {
    ControllerOutput out;
    action(out);
    for (auto& request : out.requests) requests.push_back(std::move(request));
    for (auto& text : out.texts) inboxes[text.connection].push_back(Json::parse(text.text));
    closed.insert(out.closing.begin(), out.closing.end());
  }

  SeededRandom random{1};
  Controller controller;
  Timestamp now{std::chrono::hours(1)};
  std::vector<RoomOutbox::ToWorker> requests;
  std::map<ConnectionId, std::deque<Json>> inboxes;
  std::set<ConnectionId> closed;

 private:
  uint64_t next_connection_ = 1;
};

}  // namespace stellwerk::test
