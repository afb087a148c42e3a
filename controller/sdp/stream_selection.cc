#include "controller/sdp/stream_selection.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace stellwerk {
namespace {

// RFC 4588 §8.4, RFC 5576 §4.2: the retransmission stream of a primary.
std::optional<Ssrc> FindRtxSsrc(const MediaDescription& offer, Ssrc primary) {
  for (const SsrcGroup& group : offer.ssrc_groups) {
    if (group.semantics == "FID" && group.ssrcs.size() == 2 && group.ssrcs[0] == primary) {
      return group.ssrcs[1];
    }
  }
  return std::nullopt;
}

bool IsSecondary(const MediaDescription& offer, Ssrc ssrc) {
  return std::any_of(
      offer.ssrc_groups.begin(), offer.ssrc_groups.end(), [&](const SsrcGroup& group) {
        const bool repair = group.semantics == "FID" || group.semantics.starts_with("FEC");
        return repair && std::find(group.ssrcs.begin() + (group.ssrcs.empty() ? 0 : 1),
                                   group.ssrcs.end(), ssrc) != group.ssrcs.end();
      });
}

// Primary streams in the offer's order.
std::vector<Ssrc> PrimarySsrcs(const MediaDescription& offer) {
  for (const SsrcGroup& group : offer.ssrc_groups) {
    if (group.semantics == "SIM" && !group.ssrcs.empty()) return group.ssrcs;
  }
  std::vector<Ssrc> out;
  for (const SsrcAttribute& attribute : offer.ssrc_attributes) {
    const bool known = std::find(out.begin(), out.end(), attribute.ssrc) != out.end();
    if (!known && !IsSecondary(offer, attribute.ssrc)) out.push_back(attribute.ssrc);
  }
  return out;
}

bool HasSimGroup(const MediaDescription& offer) {
  return std::any_of(offer.ssrc_groups.begin(), offer.ssrc_groups.end(),
                     [](const SsrcGroup& group) { return group.semantics == "SIM"; });
}

}  // namespace

std::vector<EncodingParameters> SelectEncodings(const MediaDescription& offer, bool rid_in_packets,
                                                bool with_rtx, std::size_t max_encodings) {
  std::vector<EncodingParameters> out;
  const std::vector<Ssrc> primaries = PrimarySsrcs(offer);
  const auto encoding = [&](const Rid& rid, std::optional<Ssrc> ssrc) {
    return EncodingParameters{
        .rid = rid,
        .ssrc = ssrc,
        .rtx_ssrc = ssrc && with_rtx ? FindRtxSsrc(offer, *ssrc) : std::nullopt};
  };
  const std::vector<Rid>& rids = offer.simulcast_send;
  const std::size_t limit = std::max<std::size_t>(1, max_encodings);
  if (rids.size() > 1 && rid_in_packets) {
    for (const Rid& rid : rids) {
      if (out.size() < limit) out.push_back(encoding(rid, std::nullopt));
    }
  } else if (rids.size() > 1 && primaries.size() == rids.size()) {
    for (std::size_t i = 0; i < std::min(rids.size(), limit); ++i) {
      out.push_back(encoding(rids[i], primaries[i]));
    }
  } else if (HasSimGroup(offer)) {
    for (std::size_t i = 0; i < std::min(primaries.size(), limit); ++i) {
      out.push_back(encoding({}, primaries[i]));
    }
  }
  if (out.empty()) {
    out.push_back(
        encoding({}, primaries.empty() ? std::nullopt : std::optional(primaries.front())));
  }
  return out;
}

}  // namespace stellwerk
