#include "controller/sdp/renegotiation.h"

#include <algorithm>
#include <cstddef>

#include "controller/sdp/line_cursor.h"

namespace stellwerk {
namespace {

bool Contains(const std::vector<CodecParameters>& codecs, const CodecParameters& wanted) {
  return std::any_of(codecs.begin(), codecs.end(), [&](const CodecParameters& codec) {
    return codec.codec == wanted.codec && codec.payload_type == wanted.payload_type &&
           codec.rtx_payload_type == wanted.rtx_payload_type;
  });
}

bool ContainsAll(const std::vector<CodecParameters>& codecs,
                 const std::vector<CodecParameters>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const CodecParameters& codec) { return Contains(codecs, codec); });
}

bool ContainsAll(const RtpExtensionIds& extensions, const RtpExtensionIds& wanted) {
  for (std::size_t i = 0; i < kRtpExtensionCount; ++i) {
    const auto extension = static_cast<RtpExtension>(i);
    if (wanted.Has(extension) && wanted.IdOf(extension) != extensions.IdOf(extension)) return false;
  }
  return true;
}

}  // namespace

std::optional<SdpError> CheckMediaAgainst(const SessionDescription& offer,
                                          const Negotiated& previous) {
  if (offer.media.size() < previous.media.size()) {
    return SdpError{0, "the offer has " + std::to_string(offer.media.size()) +
                           " m-lines, the one before had " + std::to_string(previous.media.size()) +
                           ": set the port to 0 instead"};
  }
  for (std::size_t i = 0; i < previous.media.size(); ++i) {
    const NegotiatedMedia& old = previous.media[i];
    const MediaDescription& section = offer.media[i];
    if (old.rejected || (old.mid == section.mid && old.type == section.type)) continue;
    return SdpError{section.line, "this m-line was " + Quoted(old.mid) + " and is now " +
                                      Quoted(section.mid) +
                                      ": only rejected m-lines can be reused"};
  }
  return std::nullopt;
}

bool CanKeep(const ProducerParameters& old_parameters, const ProducerParameters& new_parameters) {
  return old_parameters.kind == new_parameters.kind && old_parameters.mid == new_parameters.mid &&
         old_parameters.encodings == new_parameters.encodings &&
         ContainsAll(old_parameters.codecs, new_parameters.codecs) &&
         ContainsAll(old_parameters.extensions, new_parameters.extensions);
}

bool CanKeep(const ConsumerParameters& old_parameters, const ConsumerParameters& new_parameters) {
  return old_parameters.kind == new_parameters.kind && old_parameters.mid == new_parameters.mid &&
         HasRtx(old_parameters.codecs) == HasRtx(new_parameters.codecs) &&
         ContainsAll(old_parameters.codecs, new_parameters.codecs) &&
         ContainsAll(old_parameters.extensions, new_parameters.extensions);
}

bool HasRtx(const std::vector<CodecParameters>& codecs) {
  return std::any_of(codecs.begin(), codecs.end(), [](const CodecParameters& codec) {
    return codec.rtx_payload_type.has_value();
  });
}

}  // namespace stellwerk
