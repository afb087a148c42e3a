#include "controller/sdp/transport_negotiation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace stellwerk {
namespace {

constexpr uint32_t kDefaultMaxMessageSize = 65'536;  // RFC 8841 §6.1, without the attribute

const MediaDescription* FindTagged(const SessionDescription& offer,
                                   const std::vector<std::string>& bundle) {
  for (const std::string& mid : bundle) {
    for (const MediaDescription& section : offer.media) {
      if (section.mid == mid && IsOffered(section)) return &section;
    }
  }
  return nullptr;
}

std::optional<Fingerprint> ChooseFingerprint(const std::vector<Fingerprint>& offered) {
  // SHA-1 is refused: a second certificate with the same digest can be made.
  for (const std::string_view algorithm : {"sha-256", "sha-384", "sha-512"}) {
    for (const Fingerprint& fingerprint : offered) {
      if (fingerprint.algorithm == algorithm) return fingerprint;
    }
  }
  return std::nullopt;
}

// RFC 8842 §5.3 and §5.5: active only to a passive offer; a role once taken stays.
Expected<DtlsRole, SdpError> NegotiateRole(std::optional<DtlsSetup> setup, int line,
                                           const Negotiated& previous) {
  const DtlsSetup offered = setup.value_or(DtlsSetup::kActpass);
  if (offered == DtlsSetup::kHoldconn) {
    return Unexpected(SdpError{line, "a=setup: holdconn can't be connected, offer actpass"});
  }
  if (previous.session_version == 0) {
    return offered == DtlsSetup::kPassive ? DtlsRole::kClient : DtlsRole::kServer;
  }
  const DtlsRole role = previous.remote.our_role;
  const DtlsSetup conflict = role == DtlsRole::kServer ? DtlsSetup::kPassive : DtlsSetup::kActive;
  if (offered == conflict) {
    return Unexpected(
        SdpError{line, "a=setup: the DTLS roles of a connection can't be changed, offer actpass"});
  }
  return role;
}

std::optional<SctpParameters> FindSctp(const SessionDescription& offer,
                                       const std::vector<std::string>& bundle) {
  for (const MediaDescription& section : offer.media) {
    const bool bundled = std::find(bundle.begin(), bundle.end(), section.mid) != bundle.end();
    if (section.type != MediaType::kApplication || !bundled || !IsOffered(section)) continue;
    if (!section.protocol.ends_with("DTLS/SCTP")) continue;
    return SctpParameters{
        .port = section.sctp.port,
        .max_message_size = section.sctp.max_message_size.value_or(kDefaultMaxMessageSize)};
  }
  return std::nullopt;
}

}  // namespace

bool IsOffered(const MediaDescription& section) { return section.port != 0 || section.bundle_only; }

Expected<std::vector<std::string>, SdpError> FindBundle(const SessionDescription& offer) {
  for (const auto& group : offer.bundle_groups) {
    if (!group.empty()) return group;
  }
  return Unexpected(SdpError{0,
                             "a=group:BUNDLE with the mids of all m-lines is missing: everything "
                             "goes over one transport"});
}

Expected<RemoteTransportParameters, SdpError> NegotiateTransport(
    const SessionDescription& offer, const std::vector<std::string>& bundle,
    const Negotiated& previous) {
  const bool first = previous.session_version == 0;
  const MediaDescription* tagged = FindTagged(offer, bundle);
  if (tagged == nullptr) {
    if (!first) return previous.remote;  // everything was removed; the transport idles
    return Unexpected(SdpError{0, "no m-line of the BUNDLE group is in use (port not 0)"});
  }
  const TransportAttributes attributes = offer.TransportOf(*tagged);
  if (attributes.ice_ufrag.empty() || attributes.ice_pwd.empty()) {
    return Unexpected(SdpError{tagged->line, "a=ice-ufrag and a=ice-pwd are missing"});
  }
  const auto fingerprint = ChooseFingerprint(attributes.fingerprints);
  if (!fingerprint) {
    return Unexpected(
        SdpError{tagged->line, "a=fingerprint with sha-256, sha-384 or sha-512 is missing"});
  }
  if (!first && *fingerprint != previous.remote.fingerprint) {
    return Unexpected(
        SdpError{tagged->line, "a=fingerprint: another certificate needs a new connection"});
  }
  const auto role = NegotiateRole(attributes.setup, tagged->line, previous);
  if (!role) return Unexpected(role.error());
  auto sctp = FindSctp(offer, bundle);
  if (!sctp && !first)
    sctp = previous.remote.sctp;  // an association stays until the transport ends
  return RemoteTransportParameters{.ice = {attributes.ice_ufrag, attributes.ice_pwd},
                                   .fingerprint = *fingerprint,
                                   .our_role = *role,
                                   .sctp = sctp};
}

}  // namespace stellwerk
