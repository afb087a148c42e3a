#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bench/synthetic/participant.h"
#include "bench/synthetic/runner/participant_owner.h"
#include "bench/synthetic/runner/swarm.h"
#include "bench/synthetic/runner/web_client.h"

namespace stellwerk::synthetic {

// A participant by WHIP (RFC 9725) or WHEP: one POST with the offer, one DELETE at the end. Which
// of the two it is follows from the URL and from what the participant offers.
class WhipClient {
 public:
  // `url`: "http://127.0.0.1:8080/whip/room/ada".
  WhipClient(Swarm& swarm, WebClient& web, std::string url, ParticipantConfig media,
             std::string token = {}, ParticipantOwner owner = {});
  ~WhipClient();
  WhipClient(const WhipClient&) = delete;
  WhipClient& operator=(const WhipClient&) = delete;

  void Connect();
  // DELETE; the transport is the server's to end.
  void Leave();

  [[nodiscard]] Participant* participant() { return participant_; }
  [[nodiscard]] bool connected() const {
    return participant_ != nullptr && participant_->connected();
  }
  // The reply to the POST is there, whatever it says.
  [[nodiscard]] bool replied() const { return replied_; }
  [[nodiscard]] int status() const { return status_; }  // of the POST; 0 = not yet, or no reply
  [[nodiscard]] std::optional<Timestamp> answered_at() const { return answered_at_; }
  [[nodiscard]] int leave_status() const { return leave_status_; }  // of the DELETE
  [[nodiscard]] const std::string& location() const { return location_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  void OnReply(HttpReply reply);

  Swarm& swarm_;
  WebClient& web_;
  std::string url_;
  ParticipantConfig media_;
  ParticipantOwner owner_;
  std::string authorization_;
  Participant* participant_ = nullptr;
  // Replies that come after our end find it expired.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool replied_ = false;
  int status_ = 0;
  int leave_status_ = 0;
  std::optional<Timestamp> answered_at_;
  std::string location_;
  std::string error_;
};

}  // namespace stellwerk::synthetic
