#include "controller/sdp/answer.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "controller/sdp/codec_selection.h"
#include "controller/sdp/extension_selection.h"
#include "controller/sdp/line_cursor.h"
#include "controller/sdp/renegotiation.h"
#include "controller/sdp/session_description.h"
#include "controller/sdp/stream_selection.h"
#include "controller/sdp/transport_negotiation.h"
#include "rtc/base/random.h"

namespace stellwerk {
namespace {

class Answerer {
 public:
  Answerer(const SessionDescription& offer, const AnswerPolicy& policy, const AnswerIds& ids,
           const WorkerDescription& worker, const Negotiated& previous)
      : offer_(offer),
        policy_(policy),
        ids_(ids),
        worker_(worker),
        previous_(previous),
        random_(ids.ssrc_seed) {
    result_.next_producer = ids.next_producer;
    result_.next_consumer = ids.next_consumer;
  }

  Expected<AnswerResult, SdpError> Run() {
    auto bundle = FindBundle(offer_);
    if (!bundle) return Unexpected(bundle.error());
    bundle_ = *std::move(bundle);
    if (auto error = CheckMediaAgainst(offer_, previous_)) return Unexpected(*std::move(error));
    auto remote = NegotiateTransport(offer_, bundle_, previous_);
    if (!remote) return Unexpected(remote.error());
    SetTransport(*std::move(remote));
    CollectSsrcs();
    identifying_ = FindIdentifyingExtensions(offer_);
    for (std::size_t i = 0; i < offer_.media.size(); ++i) {
      if (auto error = AnswerMedia(i)) return Unexpected(*std::move(error));
    }
    WriteSession();
    return std::move(result_);
  }

 private:
  using Error = std::optional<SdpError>;

  [[nodiscard]] bool is_first() const { return previous_.session_version == 0; }

  void SetTransport(RemoteTransportParameters remote) {
    if (!policy_.allow_data) remote.sctp = previous_.remote.sctp;
    result_.is_first = is_first();
    // RFC 8839 §4.4.1.1.1: a restart changes ufrag and pwd; either alone is enough to tell.
    result_.ice_restart = !is_first() && remote.ice != previous_.remote.ice;
    result_.sctp_added = !is_first() && remote.sctp && !previous_.remote.sctp;
    const bool fresh = is_first() || result_.ice_restart;
    result_.local_ice = fresh ? ids_.local_ice : previous_.local_ice;
    result_.next = {.session_id = is_first() ? ids_.session_id : previous_.session_id,
                    .session_version = previous_.session_version + 1,
                    .local_ice = result_.local_ice,
                    .remote = remote,
                    .media = {}};
    result_.remote = std::move(remote);
  }

  // RFC 3550 §8: SSRCs are unique among all that share the transport, the peer's included.
  void CollectSsrcs() {
    for (const MediaDescription& section : offer_.media) {
      for (const SsrcAttribute& attribute : section.ssrc_attributes) ssrcs_.insert(attribute.ssrc);
    }
    for (const NegotiatedMedia& media : previous_.media) {
      if (!media.consumer) continue;
      ssrcs_.insert(media.consumer->parameters.ssrc);
      if (const auto rtx = media.consumer->parameters.rtx_ssrc) ssrcs_.insert(*rtx);
    }
  }

  Ssrc NewSsrc() {
    for (;;) {
      const Ssrc ssrc(random_.NextU32());
      if (ssrc.value() != 0 && ssrcs_.insert(ssrc).second) return ssrc;
    }
  }

  const NegotiatedMedia* PreviousOf(std::size_t index) const {
    return index < previous_.media.size() ? &previous_.media[index] : nullptr;
  }

  void Refuse(const MediaDescription& section, std::string reason) {
    result_.refused.push_back({section.line, section.mid, std::move(reason)});
  }

  Error AnswerMedia(std::size_t index) {
    const MediaDescription& section = offer_.media[index];
    if (!IsOffered(section)) {
      Reject(index);
      return std::nullopt;
    }
    const bool bundled = std::find(bundle_.begin(), bundle_.end(), section.mid) != bundle_.end();
    if (section.mid.empty() || !bundled) {
      Refuse(section, "not in the BUNDLE group");
      Reject(index);
      return std::nullopt;
    }
    if (section.IsRtp()) return AnswerRtp(index);
    if (section.type == MediaType::kApplication) {
      return AnswerData(index);
    } else {
      Refuse(section, "media " + Quoted(section.type_name) + " is not known");
      Reject(index);
    }
    return std::nullopt;
  }

  // RFC 3264 §6: a rejected m-line keeps its place, with port 0.
  void Reject(std::size_t index) {
    const MediaDescription& section = offer_.media[index];
    MediaDescription answer;
    answer.type = section.type;
    answer.type_name = section.type_name;
    answer.port = 0;
    answer.protocol = section.protocol;
    answer.format_tokens = section.format_tokens;
    answer.mid = section.mid;
    answer.direction = Direction::kInactive;
    answer.sctp = section.sctp;
    for (const RtpFormat& format : section.formats) {
      answer.formats.emplace_back().payload_type = format.payload_type;
    }
    if (answer.formats.empty() && answer.format_tokens.empty()) answer.format_tokens = {"0"};
    answer.sctp.max_message_size = std::nullopt;
    Remove(PreviousOf(index));
    session_.media.push_back(std::move(answer));
    NextMedia(section).rejected = true;
  }

  NegotiatedMedia& NextMedia(const MediaDescription& section) {
    NegotiatedMedia& media = result_.next.media.emplace_back();
    media.mid = section.mid;
    media.type = section.type;
    return media;
  }

  void Remove(const NegotiatedMedia* media) {
    if (media == nullptr) return;
    if (media->producer) result_.removed_producers.push_back(media->producer->id);
    if (media->consumer) result_.removed_consumers.push_back(media->consumer->id);
  }

  // What every accepted m-line says about the transport; the candidates stand in the first one only
  // (RFC 8843 §7.1).
  MediaDescription StartAnswer(const MediaDescription& section) {
    MediaDescription answer;
    answer.type = section.type;
    answer.type_name = section.type_name;
    answer.protocol = section.protocol;
    answer.mid = section.mid;
    answer.transport = {.ice_ufrag = result_.local_ice.ufrag,
                        .ice_pwd = result_.local_ice.pwd,
                        .fingerprints = {worker_.fingerprint},
                        .setup = result_.remote.our_role == DtlsRole::kServer ? DtlsSetup::kPassive
                                                                              : DtlsSetup::kActive};
    for (const Candidate& candidate : worker_.candidates) {
      if (candidate.protocol != CandidateProtocol::kUdp) continue;
      answer.port = candidate.port;
      answer.connection_address = candidate.address;
      break;
    }
    if (accepted_.empty()) {
      answer.candidates = worker_.candidates;
      answer.end_of_candidates = true;
    }
    accepted_.push_back(section.mid);
    return answer;
  }

  Error AnswerData(std::size_t index) {
    const MediaDescription& section = offer_.media[index];
    const bool sctp = section.protocol.ends_with("DTLS/SCTP");
    if (!policy_.allow_data || !sctp || has_data_) {
      Refuse(section, !sctp       ? "protocol " + Quoted(section.protocol) + " is not DTLS/SCTP"
                      : has_data_ ? "a second data section"
                                  : "data channels are not allowed here");
      Reject(index);
      return std::nullopt;
    }
    if (policy_.too_late_for_data && result_.sctp_added) {
      return SdpError{
          section.line,
          "the first data channel comes too late for this connection: offer it when the "
          "connection begins, or with a new RTCPeerConnection"};
    }
    has_data_ = true;
    MediaDescription answer = StartAnswer(section);
    answer.format_tokens = section.format_tokens;
    answer.sctp = {.port = 5000,
                   .max_message_size = policy_.max_message_size,
                   .legacy_form = section.sctp.legacy_form};
    Remove(PreviousOf(index));
    session_.media.push_back(std::move(answer));
    NextMedia(section);
    return std::nullopt;
  }

  Error AnswerRtp(std::size_t index) {
    const MediaDescription& section = offer_.media[index];
    // RFC 8829 §5.1.2: the profiles that mean SRTP with feedback keyed by DTLS.
    if (!section.protocol.ends_with("RTP/SAVPF")) {
      Refuse(section, "protocol " + Quoted(section.protocol) + " is not UDP/TLS/RTP/SAVPF");
      Reject(index);
      return std::nullopt;
    }
    // RFC 8843 §9.3: one a=rtcp-mux speaks for the whole group, and must be there.
    has_rtcp_mux_ = has_rtcp_mux_ || section.rtcp_mux;
    if (!has_rtcp_mux_) return SdpError{section.line, "a=rtcp-mux is missing"};

    std::vector<CodecParameters> codecs = SelectCodecs(section, policy_);
    if (codecs.empty()) {
      Refuse(section, "no common codec");
      Reject(index);
      return std::nullopt;
    }
    const bool receives = Sends(section.direction) && MayPublish(section);
    const bool sends = Receives(section.direction) && MaySubscribe(section);
    Count(section.type, receives, sends);
    const SelectedExtensions extensions =
        SelectExtensions({.offer = section,
                          .codecs = codecs,
                          .identifying = identifying_,
                          .receives = receives,
                          .sends = sends,
                          .two_byte_ids = offer_.extmap_allow_mixed || section.extmap_allow_mixed},
                         policy_);
    for (CodecParameters& codec : codecs) {
      // We resend over RTX only, so without it a peer would ask in vain.
      if (sends && !codec.rtx_payload_type) codec.nack = false;
      codec.transport_cc &= extensions.received.Has(RtpExtension::kTransportCc) ||
                            extensions.sent.Has(RtpExtension::kTransportCc);
      // The receiver's own estimate is second best: asked for where there is nothing else.
      codec.remb &= !codec.transport_cc;
    }

    MediaDescription answer = StartAnswer(section);
    answer.direction = MakeDirection(sends, receives);
    answer.rtcp_mux = true;
    answer.rtcp_rsize = section.rtcp_rsize;
    answer.rtcp_xr_receiver_rtt = section.rtcp_xr_receiver_rtt;
    answer.extmap_allow_mixed = section.extmap_allow_mixed;
    answer.extensions = extensions.answer;
    answer.formats = AnswerFormats(codecs, policy_);

    NegotiatedMedia& next = NextMedia(section);
    if (receives) {
      next.producer = MakeProducer(index, codecs, extensions.received, answer);
      if (auto error = ClaimSsrcs(section, next.producer->parameters)) return error;
    }
    if (sends) next.consumer = MakeConsumer(index, codecs, extensions.sent, answer);
    RemoveReplaced(PreviousOf(index), next);
    session_.media.push_back(std::move(answer));
    return std::nullopt;
  }

  // RFC 8843 §9.2: within the group an SSRC belongs to one m-line, or packets could not be told
  // apart.
  Error ClaimSsrcs(const MediaDescription& section, const ProducerParameters& producer) {
    for (const EncodingParameters& encoding : producer.encodings) {
      for (const std::optional<Ssrc> ssrc : {encoding.ssrc, encoding.rtx_ssrc}) {
        if (!ssrc || claimed_.insert(*ssrc).second) continue;
        return SdpError{section.line, "a=ssrc: " + std::to_string(ssrc->value()) +
                                          " already belongs to another stream"};
      }
    }
    return std::nullopt;
  }

  bool MayPublish(const MediaDescription& section) {
    const bool audio = section.type == MediaType::kAudio;
    if (!policy_.allow_publish) {
      Refuse(section, "publishing is not allowed here");
    } else if (audio ? audio_producers_ >= policy_.max_audio_producers
                     : video_producers_ >= policy_.max_video_producers) {
      Refuse(section, "more tracks than allowed");
    } else {
      return true;
    }
    return false;
  }

  bool MaySubscribe(const MediaDescription& section) {
    const bool audio = section.type == MediaType::kAudio;
    if (!policy_.allow_subscribe) {
      Refuse(section, "subscribing is not allowed here");
    } else if (audio ? audio_slots_ >= policy_.max_audio_slots
                     : video_slots_ >= policy_.max_video_slots) {
      Refuse(section, "more slots than allowed");
    } else {
      return true;
    }
    return false;
  }

  void Count(MediaType type, bool receives, bool sends) {
    (type == MediaType::kAudio ? audio_producers_ : video_producers_) += receives ? 1 : 0;
    (type == MediaType::kAudio ? audio_slots_ : video_slots_) += sends ? 1 : 0;
  }

  NegotiatedProducer MakeProducer(std::size_t index, const std::vector<CodecParameters>& codecs,
                                  const RtpExtensionIds& extensions, MediaDescription& answer) {
    const MediaDescription& section = offer_.media[index];
    const bool rtx = std::any_of(codecs.begin(), codecs.end(), [](const CodecParameters& codec) {
      return codec.rtx_payload_type.has_value();
    });
    ProducerParameters parameters{
        .kind = KindOf(section),
        .mid = *Mid::From(section.mid),
        .codecs = codecs,
        .extensions = extensions,
        .encodings = SelectEncodings(section, extensions.Has(RtpExtension::kRid), rtx,
                                     policy_.max_encodings)};
    for (const EncodingParameters& encoding : parameters.encodings) {
      if (encoding.rid.empty()) continue;
      answer.rids.push_back({encoding.rid, false});
      answer.simulcast_recv.push_back(encoding.rid);
    }
    if (section.simulcast_send.size() > 1 &&
        parameters.encodings.size() < section.simulcast_send.size()) {
      Refuse(section, "only " + std::to_string(parameters.encodings.size()) + " of " +
                          std::to_string(section.simulcast_send.size()) + " simulcast streams");
    }
    const NegotiatedMedia* previous = PreviousOf(index);
    if (previous != nullptr && previous->producer &&
        CanKeep(previous->producer->parameters, parameters)) {
      return *previous->producer;
    }
    const ProducerId id = Take(result_.next_producer);
    result_.add_producers.push_back({.id = id,
                                     .parameters = parameters,
                                     .stream_id = section.msid_stream,
                                     .track_id = section.msid_track});
    return {.id = id, .parameters = std::move(parameters)};
  }

  NegotiatedConsumer MakeConsumer(std::size_t index, const std::vector<CodecParameters>& codecs,
                                  const RtpExtensionIds& extensions, MediaDescription& answer) {
    const MediaDescription& section = offer_.media[index];
    NegotiatedConsumer consumer{
        .id = {},
        .parameters = {.kind = KindOf(section),
                       .mid = *Mid::From(section.mid),
                       .mode = section.type == MediaType::kAudio ? policy_.audio_slot_mode
                                                                 : policy_.video_slot_mode,
                       .ssrc = {},
                       .rtx_ssrc = std::nullopt,
                       .cname = ids_.cname,
                       .codecs = codecs,
                       .extensions = extensions}};
    const NegotiatedMedia* previous = PreviousOf(index);
    if (previous != nullptr && previous->consumer &&
        CanKeep(previous->consumer->parameters, consumer.parameters)) {
      consumer = *previous->consumer;
    } else {
      consumer.id = Take(result_.next_consumer);
      consumer.parameters.ssrc = NewSsrc();
      if (HasRtx(codecs)) consumer.parameters.rtx_ssrc = NewSsrc();
      result_.add_consumers.push_back({consumer.id, consumer.parameters});
    }
    AnnounceSlot(consumer.parameters, answer);
    return consumer;
  }

  // RFC 5576, RFC 8830: which SSRCs the slot will have.
  static void AnnounceSlot(const ConsumerParameters& slot, MediaDescription& answer) {
    answer.msid_stream = "slot-" + std::string(slot.mid.view());
    answer.msid_track = std::string(slot.mid.view());
    const std::string msid = answer.msid_stream + ' ' + answer.msid_track;
    if (slot.rtx_ssrc) answer.ssrc_groups.push_back({"FID", {slot.ssrc, *slot.rtx_ssrc}});
    const auto announce = [&](Ssrc ssrc) {
      answer.ssrc_attributes.push_back({ssrc, "cname", slot.cname});
      answer.ssrc_attributes.push_back({ssrc, "msid", msid});
    };
    announce(slot.ssrc);
    if (slot.rtx_ssrc) announce(*slot.rtx_ssrc);
  }

  void RemoveReplaced(const NegotiatedMedia* old, const NegotiatedMedia& next) {
    if (old == nullptr) return;
    if (old->producer && (!next.producer || next.producer->id != old->producer->id)) {
      result_.removed_producers.push_back(old->producer->id);
    }
    if (old->consumer && (!next.consumer || next.consumer->id != old->consumer->id)) {
      result_.removed_consumers.push_back(old->consumer->id);
    }
  }

  void WriteSession() {
    session_.session_id = result_.next.session_id;
    session_.session_version = result_.next.session_version;
    session_.ice_lite = true;
    session_.ice_options = {"ice2"};  // RFC 8445 §10
    session_.extmap_allow_mixed = offer_.extmap_allow_mixed;
    session_.bundle_groups = {{}};
    for (const std::string& mid : bundle_) {
      if (std::find(accepted_.begin(), accepted_.end(), mid) != accepted_.end()) {
        session_.bundle_groups[0].push_back(mid);
      }
    }
    result_.answer = SerializeSessionDescription(session_);
  }

  static MediaKind KindOf(const MediaDescription& section) {
    return section.type == MediaType::kAudio ? MediaKind::kAudio : MediaKind::kVideo;
  }

  template <typename Id>
  static Id Take(Id& next) {
    const Id id = next;
    next = Id(next.value() + 1);
    return id;
  }

  const SessionDescription& offer_;
  const AnswerPolicy& policy_;
  const AnswerIds& ids_;
  const WorkerDescription& worker_;
  const Negotiated& previous_;
  SeededRandom random_;

  std::vector<std::string> bundle_;
  std::vector<std::string> accepted_;  // mids
  IdentifyingExtensions identifying_;
  std::set<Ssrc> ssrcs_;
  std::set<Ssrc> claimed_;  // by the producers of this offer
  bool has_data_ = false;
  bool has_rtcp_mux_ = false;
  std::size_t audio_producers_ = 0;
  std::size_t video_producers_ = 0;
  std::size_t audio_slots_ = 0;
  std::size_t video_slots_ = 0;
  SessionDescription session_;
  AnswerResult result_;
};

}  // namespace

Expected<AnswerResult, SdpError> Answer(std::string_view offer, const AnswerPolicy& policy,
                                        const AnswerIds& ids, const WorkerDescription& worker,
                                        const Negotiated& previous) {
  const auto parsed = ParseSessionDescription(offer);
  if (!parsed) return Unexpected(parsed.error());
  return Answerer(*parsed, policy, ids, worker, previous).Run();
}

}  // namespace stellwerk
