#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/synthetic/rtp_stream_sender.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/media_parameters.h"
#include "transport/base/socket_address.h"

namespace stellwerk::synthetic {

// One m-line of a participant, in the order of its offers.
struct MediaPlan {
  enum class Role { kAudioTrack, kVideoTrack, kAudioSlot, kVideoSlot, kData };
  Role role = Role::kData;
  std::string mid;
  bool stopped = false;  // offered as inactive
  // Tracks: one stream for audio, one per RID for video.
  struct Stream {
    Rid rid;
    Ssrc ssrc;
    Ssrc rtx_ssrc;
  };
  std::vector<Stream> streams = {};
  // Video: what is offered, the most preferred first. Of a track the first one is what it sends.
  std::vector<Codec> codecs = {};
  bool dependency_descriptor = false;
  bool layers_allocation = false;
};

// What the participant says about itself.
struct LocalSide {
  uint64_t session_id = 1;
  uint64_t session_version = 1;
  IceParameters ice;
  Fingerprint fingerprint;
  std::string cname;
  bool ice_lite = false;  // of answers to a server's offers
  // Of its own socket, if it is known already: for peers that check too (full ICE).
  std::optional<SocketAddress> address = std::nullopt;
};

// Tells the only candidate that there is.
void WriteCandidate(const SocketAddress& address, MediaDescription& section);

// An offer as a browser writes it: BUNDLE, Opus, video codecs with RTX, simulcast by RID.
SessionDescription WriteOffer(const LocalSide& local, const std::vector<MediaPlan>& media);

// What an answer means to the participant, one entry per m-line of its offer.
struct AnsweredMedia {
  bool accepted = false;
  // Tracks: how to send each stream that was taken, in the order of the plan.
  std::vector<RtpStreamConfig> send = {};
  // Slots. An SSRC of 0 was not told: it is to be learnt from the packets.
  std::optional<ConsumerParameters> slot = std::nullopt;
};
struct ReadAnswer {
  RemoteTransportParameters remote;
  std::vector<Candidate> candidates;  // the best first
  bool may_trickle = false;           // more candidates may come
  std::vector<AnsweredMedia> media;
};
// InvalidArgument if a browser could not use the answer either.
absl::StatusOr<ReadAnswer> InterpretAnswer(std::string_view answer, const LocalSide& local,
                                           const std::vector<MediaPlan>& media);

}  // namespace stellwerk::synthetic
