#include "bench/synthetic/runner/whip_client.h"

#include <utility>

#include "bench/synthetic/runner/url.h"

namespace stellwerk::synthetic {

WhipClient::WhipClient(Swarm& swarm, WebClient& web, std::string url, ParticipantConfig media,
                       std::string token, ParticipantOwner owner)
    : swarm_(swarm),
      web_(web),
      url_(std::move(url)),
      media_(std::move(media)),
      owner_(std::move(owner)) {
  if (!token.empty()) authorization_ = "Bearer " + token;
}

WhipClient::~WhipClient() {
  if (participant_ != nullptr) owner_.Remove(swarm_, *participant_);
}

void WhipClient::Connect() {
  auto added = owner_.Add(swarm_, media_);
  if (!added.ok()) {
    error_ = std::string(added.status().message());
    return;
  }
  participant_ = *added;
  web_.Call({.method = "POST",
             .url = url_,
             .content_type = "application/sdp",
             .authorization = authorization_,
             .body = participant_->CreateOffer()},
            [this, alive = std::weak_ptr<bool>(alive_)](HttpReply reply) {
              if (!alive.expired()) OnReply(std::move(reply));
            });
}

void WhipClient::OnReply(HttpReply reply) {
  replied_ = true;
  status_ = reply.status;
  location_ = reply.location;
  if (reply.status != 201) {
    error_ = reply.error.empty() ? reply.body : reply.error;
    return;
  }
  answered_at_ = swarm_.Now();
  const auto status = swarm_.HandleAnswer(*participant_, reply.body);
  if (!status.ok()) error_ = std::string(status.message());
}

void WhipClient::Leave() {
  const auto base = Url::Parse(url_);
  if (!base || location_.empty()) return;
  // RFC 3986 §4.2: a location that begins with a slash is on the same server.
  const std::string target = location_.front() == '/' ? url_.substr(0, url_.find("://") + 3) +
                                                            base->Authority() + location_
                                                      : location_;
  web_.Call({.method = "DELETE", .url = target, .authorization = authorization_},
            [this, alive = std::weak_ptr<bool>(alive_)](HttpReply reply) {
              if (!alive.expired()) leave_status_ = reply.status;
            });
}

}  // namespace stellwerk::synthetic
