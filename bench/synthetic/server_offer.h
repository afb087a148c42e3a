#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/synthetic/description.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"

namespace stellwerk::synthetic {

// An offer of a server's to somebody who only receives.
struct ServerOffer {
  SessionDescription offer;
  // One entry per m-line in both. A plan that is `stopped` is answered inactive, one that is not
  // `accepted` rejected.
  ReadAnswer read;
  std::vector<MediaPlan> media;
};

// `video`: the codecs that are taken. InvalidArgument if a browser could not use the offer.
absl::StatusOr<ServerOffer> ReadServerOffer(std::string_view offer, std::span<const Codec> video,
                                            bool data);

// RFC 8829 §5.3.
std::string AnswerServerOffer(const ServerOffer& offer, const LocalSide& local);

}  // namespace stellwerk::synthetic
