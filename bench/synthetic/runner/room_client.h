#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <utility>

#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/participant_owner.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"

namespace stellwerk::synthetic {

struct RoomClientConfig {
  std::string url;  // "ws://127.0.0.1:8080/signal"
  std::string room;
  std::string identity = {};  // empty: the server's choice
  std::string name = {};
  std::string token = {};
  std::string secret = {};
  // On `reconnect` of the server: a new transport at once, as the browser client does.
  bool reconnect = true;
  ParticipantOwner owner = {};
};

// What the server says is in a slot.
struct SlotState {
  std::string identity;  // empty: nobody
  std::string track;
  std::string status;
  std::optional<uint32_t> csrc = {};
};

// A participant who joins a room through the WebSocket protocol (controller/signaling/README.md).
class RoomClient {
 public:
  // Both must outlive it. `media` says what it sends and how many slots it wants.
  RoomClient(Swarm& swarm, WebClient& web, RoomClientConfig config, ParticipantConfig media);
  ~RoomClient();
  RoomClient(const RoomClient&) = delete;
  RoomClient& operator=(const RoomClient&) = delete;

  void Connect();
  // Back from a lost network: connects again, and once it is welcomed as the one that it was, its
  // transport goes on with new ICE credentials.
  void Resume();
  // The participant's state as a new offer: after its RestartIce, AddSlots, StopTrack.
  void SendOffer();
  // Pins a video slot to a participant; nullopt: automatic again.
  void View(const std::string& mid, const std::optional<std::string>& identity,
            std::optional<std::pair<int, int>> layer = std::nullopt);
  // How high a video slot's picture is shown, in pixels, and how important it is (0..255); nullopt:
  // as it is.
  void SetDemand(const std::string& mid, std::optional<int> height, std::optional<int> priority);
  // Asks the server how our media fares; stats() has it when it came. At most twice a second.
  void AskStats();
  void Mute(const std::string& mid, bool muted);
  // Says goodbye.
  void Leave();
  // The WebSocket breaks; media goes on.
  void DropSignaling() { socket_.reset(); }
  void Send(const nlohmann::json& message);
  // A number for a request of one's own.
  int NextRequest() { return next_request_++; }
  // The transport is given up; the next welcome brings another.
  void ForgetParticipant() { RemoveParticipant(); }

  // Null before the welcome.
  [[nodiscard]] Participant* participant() { return participant_; }
  [[nodiscard]] bool connected() const {
    return participant_ != nullptr && participant_->connected();
  }
  [[nodiscard]] bool welcomed() const { return !secret_.empty(); }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  [[nodiscard]] const std::string& secret() const { return secret_; }
  [[nodiscard]] const std::map<std::string, SlotState>& slots() const { return slots_; }
  // Others in the room, by identity, with the number of their tracks.
  [[nodiscard]] const std::map<std::string, std::size_t>& others() const { return others_; }
  [[nodiscard]] const std::vector<std::string>& speakers() const { return speakers_; }
  // The server's last `stats`; null before the first.
  [[nodiscard]] const nlohmann::json* stats() const { return stats_.get(); }
  // How often the server has said which encodings of our tracks are watched.
  [[nodiscard]] int encodings_messages() const { return encodings_messages_; }
  [[nodiscard]] int answers() const { return answers_; }
  // When the latest answer came.
  [[nodiscard]] std::optional<Timestamp> answered_at() const { return answered_at_; }
  [[nodiscard]] int reconnects() const { return reconnects_; }
  // Empty while all is well.
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] const std::string& bye() const { return bye_; }
  [[nodiscard]] bool closed() const { return closed_; }

  // What a slot shows now that a participant's identity is known: the report of the slot with
  // `identity` in it, null if there is none.
  [[nodiscard]] const StreamReport* VideoOf(std::string_view identity) const;

 private:
  void OnText(std::string_view text);
  void OnWelcome(const nlohmann::json& message);
  void OnAnswer(const nlohmann::json& message);
  void OnSlots(const nlohmann::json& message);
  void OnEncodings(const nlohmann::json& message);
  // What the server wants of our tracks, also of those that an answer has just made.
  void ApplyEncodings();
  void OnParticipant(const nlohmann::json& participant);
  void MakeParticipant();
  void RemoveParticipant();
  void SendTracks();

  Swarm& swarm_;
  WebClient& web_;
  RoomClientConfig config_;
  ParticipantConfig media_;
  std::unique_ptr<WebClient::Socket> socket_;
  Participant* participant_ = nullptr;
  std::string identity_;
  std::string secret_;
  int next_request_ = 1;
  int offer_request_ = 0;
  std::map<std::string, SlotState> slots_;
  std::map<std::string, std::size_t> others_;
  std::vector<std::string> speakers_;
  std::map<std::string, bool> muted_;
  bool resuming_ = false;
  // By mid and RID; what is not in it is wanted.
  std::map<std::string, std::map<std::string, bool>> wanted_;
  int encodings_messages_ = 0;
  int stats_request_ = 0;
  std::unique_ptr<nlohmann::json> stats_;
  int answers_ = 0;
  std::optional<Timestamp> answered_at_;
  int reconnects_ = 0;
  std::string error_;
  std::string bye_;
  bool closed_ = false;
};

}  // namespace stellwerk::synthetic
