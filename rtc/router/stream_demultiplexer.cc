#include "rtc/router/stream_demultiplexer.h"

#include <algorithm>

#include "rtc/rtp/header_extensions/stream_identifiers.h"

namespace stellwerk {
namespace {

// Which encoding the packet names by `extension`; nullopt if it does not, or names one that was not
// negotiated.
std::optional<uint8_t> EncodingByRid(const Producer& producer, const RtpPacketView& view,
                                     RtpExtension extension) {
  const ExtensionId id = producer.parameters().extensions.IdOf(extension);
  if (id.value() == 0) return std::nullopt;
  const auto data = view.FindExtension(id);
  if (!data) return std::nullopt;
  const auto rid = ParseRid(*data);
  if (!rid) return std::nullopt;
  const auto& streams = producer.streams();
  const auto found = std::find_if(streams.begin(), streams.end(),
                                  [&](const ReceiveStream& stream) { return stream.rid == *rid; });
  if (found == streams.end()) return std::nullopt;
  return static_cast<uint8_t>(found - streams.begin());
}

}  // namespace

bool StreamDemultiplexer::Add(Producer& producer) {
  const auto taken = [&](const std::optional<Ssrc>& ssrc) {
    return ssrc && routes_.contains(*ssrc);
  };
  for (const ReceiveStream& stream : producer.streams()) {
    if (taken(stream.ssrc) || taken(stream.rtx_ssrc)) return false;
  }
  const Mid& mid = producer.parameters().mid;
  for (const Producer* other : producers_) {
    if (!mid.empty() && other->parameters().mid == mid) return false;
  }
  producers_.push_back(&producer);
  for (std::size_t i = 0; i < producer.streams().size(); ++i) {
    const ReceiveStream& stream = producer.streams()[i];
    const Route route{.producer = &producer, .encoding = static_cast<uint8_t>(i)};
    if (stream.ssrc) routes_[*stream.ssrc] = route;
    if (stream.rtx_ssrc) routes_[*stream.rtx_ssrc] = route;
  }
  return true;
}

void StreamDemultiplexer::Remove(const Producer& producer) {
  std::erase(producers_, &producer);
  absl::erase_if(routes_, [&](const auto& item) { return item.second.producer == &producer; });
}

std::optional<StreamDemultiplexer::Route> StreamDemultiplexer::Find(Ssrc ssrc) const {
  const auto found = routes_.find(ssrc);
  if (found == routes_.end()) return std::nullopt;
  return found->second;
}

std::optional<StreamDemultiplexer::Route> StreamDemultiplexer::Resolve(const RtpPacketView& view) {
  if (const auto known = routes_.find(view.ssrc()); known != routes_.end()) return known->second;
  return Learn(view);
}

std::optional<StreamDemultiplexer::Route> StreamDemultiplexer::Learn(const RtpPacketView& view) {
  bool has_mid = false;
  Producer* producer = FindByMid(view, has_mid);
  // RFC 8843 §9.2: a MID that nobody has is not overruled by the payload type.
  if (producer == nullptr && !has_mid) producer = FindByPayloadType(view.payload_type());
  if (producer == nullptr) return std::nullopt;
  const auto kind = producer->KindOf(view.payload_type());
  if (kind == Producer::PayloadKind::kUnknown) return std::nullopt;
  const bool is_rtx = kind == Producer::PayloadKind::kRtx;
  auto encoding =
      EncodingByRid(*producer, view, is_rtx ? RtpExtension::kRepairedRid : RtpExtension::kRid);
  if (!encoding && producer->streams().size() == 1) encoding = 0;
  if (!encoding) return std::nullopt;

  // An encoding has one SSRC of each kind: the new one takes the place of the old, so the table
  // stays bounded.
  const ReceiveStream& stream = producer->streams()[*encoding];
  if (const auto& old = is_rtx ? stream.rtx_ssrc : stream.ssrc) routes_.erase(*old);
  const Route route{.producer = producer, .encoding = *encoding};
  routes_[view.ssrc()] = route;
  producer->LearnSsrc(*encoding, kind, view.ssrc());
  return route;
}

Producer* StreamDemultiplexer::FindByMid(const RtpPacketView& view, bool& has_mid) const {
  // Extension ids may differ between m-lines, so each producer is asked for its own.
  for (Producer* producer : producers_) {
    const ProducerParameters& parameters = producer->parameters();
    const ExtensionId id = parameters.extensions.IdOf(RtpExtension::kMid);
    if (id.value() == 0 || parameters.mid.empty()) continue;
    const auto data = view.FindExtension(id);
    if (!data) continue;
    const auto mid = ParseMid(*data);
    if (!mid) continue;
    has_mid = true;
    if (*mid == parameters.mid) return producer;
  }
  return nullptr;
}

Producer* StreamDemultiplexer::FindByPayloadType(PayloadType payload_type) const {
  Producer* found = nullptr;
  for (Producer* producer : producers_) {
    if (producer->KindOf(payload_type) == Producer::PayloadKind::kUnknown) continue;
    if (found != nullptr) return nullptr;
    found = producer;
  }
  return found;
}

}  // namespace stellwerk
