#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/synthetic/description.h"
#include "bench/synthetic/distribution.h"
#include "bench/synthetic/opus_source.h"
#include "bench/synthetic/published_track.h"
#include "bench/synthetic/reception.h"
#include "bench/synthetic/slot_receiver.h"
#include "bench/synthetic/stream_report.h"
#include "bench/synthetic/transport_gaps.h"
#include "bench/synthetic/transport_sender.h"
#include "bench/synthetic/video_config.h"
#include "rtc/base/random.h"
#include "rtc/base/units.h"
#include "rtc/bwe/bandwidth_estimate.h"
#include "rtc/producer/transport_cc_recorder.h"
#include "transport/base/outbox.h"
#include "transport/session/endpoint.h"

namespace stellwerk::synthetic {

struct ParticipantConfig {
  TransportId id;  // unique in the endpoint
  std::string name;
  std::vector<AudioConfig> audio = {};
  std::vector<VideoConfig> video = {};
  int audio_slots = 0;
  int video_slots = 0;
  // What video slots offer to receive.
  std::vector<Codec> slot_codecs = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  bool data = true;
  // To a server that makes the offers and knows no role conflict (RFC 8445 §7.3.1.1), as pion: the
  // participant leaves all checks to it, like an ICE-lite agent.
  bool passive_ice = false;
  // Sends what the network carries, as browsers do: see publisher_rate.h. Else every encoding is
  // sent at its rate, whatever becomes of it.
  bool adapt = false;
  // What the offers say instead of the truth: for tests that a server notices.
  std::optional<Fingerprint> announced_fingerprint = std::nullopt;
};

// A data channel as the participant sees it.
struct DataChannel {
  StreamId stream;
  std::string label;
  std::string protocol;
  bool open = true;
};
struct DataMessage {
  StreamId stream;
  bool is_binary = false;
  std::string bytes;
};

// One person in a call, without a browser: offers, sends what a camera and a microphone would send,
// receives in slots and judges what it gets. Sans-IO: it works on an Endpoint that it shares with
// others of its thread; whoever runs it passes on what the endpoint yields under its transport id.
class Participant {
 public:
  // All must outlive it.
  struct Context {
    Endpoint& endpoint;
    PacketPool& pool;
    Random& random;
    Fingerprint fingerprint;  // of the endpoint's identity
  };
  Participant(ParticipantConfig config, const Context& context);
  ~Participant();
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  // The next offer: the first, or one with all that was changed since.
  std::string CreateOffer();
  // From now on checks are answered, so that a peer that checks as soon as it has an offer is not
  // refused; offers tell `local`, the address of this participant's own socket. Without it the
  // transport begins with the answer. Again after a move to another socket.
  absl::Status Open(const SocketAddress& local, Timestamp now);
  // The answer to the latest offer. `local` is the address of this participant's own socket.
  absl::Status HandleAnswer(std::string_view answer, const SocketAddress& local, Timestamp now,
                            TransportOutbox& out);
  // Where the server makes the offers, as to a subscriber of Janus or LiveKit: the answer to this
  // offer. Its audio and video m-lines that send become slots by their mids, data channels are
  // taken if `config.data`, everything else is answered inactive; later offers may add m-lines, end
  // some or give them another SSRC. The participant has no tracks and no slots of its own, and
  // makes no offers. InvalidArgument: a browser could not use the offer either.
  absl::StatusOr<std::string> AnswerOffer(std::string_view offer, const SocketAddress& local,
                                          Timestamp now, TransportOutbox& out);
  // A candidate of the peer that came by itself (trickle, RFC 8838), the value of its a=candidate
  // line with or without "a=" and "candidate:". May come before the description. What can't be
  // reached from here (TCP, another address family, a .local name) is ignored; InvalidArgument if
  // it is none.
  absl::Status AddRemoteCandidate(std::string_view candidate, Timestamp now, TransportOutbox& out);
  // To be followed by an offer each.
  void AddSlots(int audio, int video);
  void RestartIce();
  void StopTrack(std::string_view mid);
  // Ends the transport with a close_notify.
  void Leave(Timestamp now, TransportOutbox& out);

  void HandleMedia(ReceivedMedia media, Timestamp now, TransportOutbox& out);
  void HandleData(ReceivedData data);
  void HandleEvent(const TransportEvent& event, Timestamp now, TransportOutbox& out);
  void HandleTimeout(Timestamp now, TransportOutbox& out);
  [[nodiscard]] Timestamp NextTimeout() const;
  // When its next frame or paced packet is due; not after NextTimeout().
  [[nodiscard]] Timestamp NextMedia() const;

  // Tracks and slots by mid; null if there is none, or before the answer.
  [[nodiscard]] PublishedTrack* Track(std::string_view mid);
  [[nodiscard]] const SlotReceiver* Slot(std::string_view mid) const;
  // Calls f(const SlotReceiver&) for each slot, and for those that a server ended by a later offer
  // or by sending another stream in the same m-line.
  template <typename F>
  void ForEachSlot(F&& f) const {
    for (const auto& [mid, slot] : slots_) f(slot);
    for (const auto& ended : ended_slots_) f(ended.mapped());
  }
  [[nodiscard]] const std::vector<MediaPlan>& media() const { return media_; }
  // The mids of all m-lines of a role.
  [[nodiscard]] std::vector<std::string> MidsOf(MediaPlan::Role role) const;
  // From now on each picture of a video slot is told; nothing if there is no such slot.
  void ObservePictures(std::string_view mid, PictureObserver observer);
  void RequestKeyframe(std::string_view mid, Timestamp now, TransportOutbox& out);

  // Of all slots, those that are to come included. kAll at first.
  void SetVerification(Verification verification);
  // See SlotReceiver; nothing if there is no such slot.
  void SetExpected(std::string_view mid, bool expected, Timestamp now);
  // All slots summed.
  [[nodiscard]] ReceptionStats reception() const;
  // From the sending of an original by its publisher to its arrival, of what is judged.
  [[nodiscard]] const Distribution& transit() const { return transit_.all; }
  [[nodiscard]] const TransitTimes& transit_times() const { return transit_; }
  // Each slot's interarrival jitter, once for each of its receiver reports.
  [[nodiscard]] const Distribution& jitter() const { return jitter_; }

  absl::StatusOr<StreamId> OpenChannel(const DataChannelParameters& parameters, Timestamp now,
                                       TransportOutbox& out);
  Expected<std::monostate, DropReason> Send(StreamId stream, std::string_view text, Timestamp now,
                                            TransportOutbox& out);
  // Channels that the server opened, and what came on all channels.
  [[nodiscard]] const std::vector<DataChannel>& channels() const { return channels_; }
  [[nodiscard]] const std::vector<DataMessage>& messages() const { return messages_; }

  [[nodiscard]] TransportId id() const { return config_.id; }
  [[nodiscard]] const ParticipantConfig& config() const { return config_; }
  [[nodiscard]] TransportState state() const { return state_; }
  [[nodiscard]] const std::string& state_reason() const { return state_reason_; }
  [[nodiscard]] bool connected() const { return state_ == TransportState::kConnected; }
  // When the transport first had a pair of addresses, and when it first had keys.
  [[nodiscard]] std::optional<Timestamp> selected_at() const { return selected_at_; }
  [[nodiscard]] std::optional<Timestamp> connected_at() const { return connected_at_; }
  [[nodiscard]] bool data_ready() const { return sctp_up_; }
  // RTP that belongs to no slot, and RTCP that can't be read.
  [[nodiscard]] uint64_t unexpected_packets() const { return unexpected_packets_; }
  [[nodiscard]] uint64_t transport_feedback_received() const { return feedback_received_; }
  // Of the way to the server; null unless config().adapt.
  [[nodiscard]] const BandwidthEstimate* send_estimate() const {
    return sender_.rate() == nullptr ? nullptr : &sender_.rate()->estimate();
  }

 private:
  IceParameters NewIceParameters();
  MediaPlan PlanTrack(MediaPlan::Role role, const std::vector<VideoLayer>& layers);
  void Plan(MediaPlan::Role role) { media_.push_back(PlanTrack(role, {})); }
  absl::Status StartTransport(const ReadAnswer& answer, const SocketAddress& local, Timestamp now,
                              TransportOutbox& out);
  void AddCandidates(const std::vector<Candidate>& candidates, Timestamp now, TransportOutbox& out);
  void ApplyMedia(const ReadAnswer& answer, Timestamp now);
  void ApplySlot(const std::string& mid, const std::optional<ConsumerParameters>& slot);
  void StartSlot(const ConsumerParameters& slot);
  void EndSlot(const std::string& mid);
  // Null: nobody's, or of a stream that has ended.
  SlotReceiver* SlotOf(const RtpPacketView& packet);
  SlotReceiver* LearnSlot(const RtpPacketView& packet);
  void StartTracks(Timestamp now);
  void ShareRate(Timestamp now);
  // What a pacer and its probes want sent now.
  void SendPaced(Timestamp now, TransportOutbox& out);
  void HandleRtp(ReceivedMedia media, Timestamp now, std::vector<RtcpMessage>& feedback);
  void ApplyReceiveMode(SlotReceiver& slot);
  void HandleRtcp(const ReceivedMedia& media, Timestamp now, TransportOutbox& out);
  void SendReports(Timestamp now, TransportOutbox& out);
  void SendTransportFeedback(Timestamp now, TransportOutbox& out);

  ParticipantConfig config_;
  Context context_;
  LocalSide local_;
  Ssrc own_ssrc_;  // of reports, when nothing is published
  std::vector<MediaPlan> media_;
  bool open_ = false;        // the endpoint has a session of it
  bool offered_to_ = false;  // the server makes the offers
  SocketAddress socket_;
  std::optional<RemoteTransportParameters> remote_;
  std::vector<Candidate> early_candidates_;  // came before the description
  TransportSender sender_;
  Verification verification_ = Verification::kAll;
  TransitTimes transit_;
  Distribution jitter_;
  std::map<std::string, PublishedTrack, std::less<>> tracks_;
  std::map<std::string, SlotReceiver, std::less<>> slots_;
  using Slots = decltype(slots_);
  std::vector<Slots::node_type> ended_slots_;               // their addresses stay
  absl::flat_hash_map<Ssrc, SlotReceiver*> slots_by_ssrc_;  // null: of an ended slot
  std::set<std::string, std::less<>> unannounced_;          // slots whose SSRCs are learnt
  ExtensionId transport_cc_id_;                             // of what we receive
  ExtensionId mid_id_;
  TransportCcRecorder arrivals_;
  TransportGaps gaps_;
  Timestamp next_report_ = kNever;
  TransportState state_ = TransportState::kNew;
  std::string state_reason_;
  std::optional<Timestamp> selected_at_;
  std::optional<Timestamp> connected_at_;
  bool sctp_up_ = false;
  std::vector<DataChannel> channels_;
  std::vector<DataMessage> messages_;
  uint64_t unexpected_packets_ = 0;
  uint64_t feedback_received_ = 0;
};

}  // namespace stellwerk::synthetic
