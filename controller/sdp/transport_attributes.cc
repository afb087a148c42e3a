#include "controller/sdp/transport_attributes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "controller/sdp/line_cursor.h"

namespace stellwerk {
namespace {

constexpr std::size_t kMaxCandidates = 256;
constexpr std::size_t kMaxFingerprints = 16;

// RFC 8839 §5.4: ice-char = ALPHA / DIGIT / "+" / "/".
bool IsIceText(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/';
         });
}

std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// RFC 8122 §5: the hash functions that may name a certificate, and the bytes of their digests.
constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kDigestSizes = {
    {{"sha-1", 20}, {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}}};

AttributeProblem ParseFingerprint(std::string_view value, TransportAttributes& out) {
  LineCursor cursor(value);
  Fingerprint fingerprint;
  fingerprint.algorithm = std::string(cursor.Next());
  for (char& c : fingerprint.algorithm) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  const auto known = std::find_if(kDigestSizes.begin(), kDigestSizes.end(), [&](const auto& entry) {
    return entry.first == fingerprint.algorithm;
  });
  if (known == kDigestSizes.end()) return std::nullopt;  // a hash function of the future
  const std::string_view hex = cursor.Next();
  if (hex.size() != known->second * 3 - 1) {
    return "a=fingerprint: a " + fingerprint.algorithm + " digest has " +
           std::to_string(known->second) + " bytes, written as AB:CD:...";
  }
  for (std::size_t i = 0; i < hex.size(); i += 3) {
    const auto high = HexDigit(hex[i]);
    const auto low = HexDigit(hex[i + 1]);
    if (!high || !low || (i + 2 < hex.size() && hex[i + 2] != ':')) {
      return "a=fingerprint: " + Quoted(hex.substr(i, 3)) + " is not a byte in hex";
    }
    fingerprint.digest.push_back(static_cast<uint8_t>(*high << 4 | *low));
  }
  if (out.fingerprints.size() >= kMaxFingerprints) return "more than 16 a=fingerprint lines";
  out.fingerprints.push_back(std::move(fingerprint));
  return std::nullopt;
}

AttributeProblem ParseSetup(std::string_view value, TransportAttributes& out) {
  for (const DtlsSetup setup :
       {DtlsSetup::kActpass, DtlsSetup::kActive, DtlsSetup::kPassive, DtlsSetup::kHoldconn}) {
    if (value == ToString(setup)) {
      out.setup = setup;
      return std::nullopt;
    }
  }
  return "a=setup: " + Quoted(value) + " is not actpass, active or passive";
}

}  // namespace

AttributeProblem ParseTransportAttribute(std::string_view name, std::string_view value,
                                         TransportAttributes& out, bool& known) {
  known = true;
  if (name == "ice-ufrag") {
    if (!IsIceText(value, 4, 256))
      return "a=ice-ufrag: " + Quoted(value) + " is not 4..256 ice-chars";
    out.ice_ufrag = std::string(value);
    return std::nullopt;
  }
  if (name == "ice-pwd") {
    // Not quoted: a password has no place in an error message that may be logged.
    if (!IsIceText(value, 22, 256)) return "a=ice-pwd: the value is not 22..256 ice-chars";
    out.ice_pwd = std::string(value);
    return std::nullopt;
  }
  if (name == "fingerprint") return ParseFingerprint(value, out);
  if (name == "setup") return ParseSetup(value, out);
  known = false;
  return std::nullopt;
}

AttributeProblem ParseCandidate(std::string_view value, MediaDescription& section) {
  LineCursor cursor(value);
  Candidate candidate;
  candidate.foundation = std::string(cursor.Next());
  const auto component = ParseDecimal<uint16_t>(cursor.Next());
  const std::string_view protocol = cursor.Next();
  const auto priority = ParseDecimal<uint32_t>(cursor.Next());
  candidate.address = std::string(cursor.Next());
  const auto port = ParseDecimal<uint16_t>(cursor.Next());
  if (candidate.foundation.empty() || !component || !priority || candidate.address.empty() ||
      !port || cursor.Next() != "typ" || cursor.Next().empty()) {
    return "a=candidate: expected 'foundation component protocol priority address port typ TYPE'";
  }
  std::string_view tcp_type;
  while (!cursor.AtEnd()) {
    const std::string_view key = cursor.Next();
    const std::string_view extension = cursor.Next();
    if (key == "tcptype") tcp_type = extension;
  }
  if (*component != 1) return std::nullopt;
  if (EqualsIgnoringCase(protocol, "udp")) {
    candidate.protocol = CandidateProtocol::kUdp;
  } else if (EqualsIgnoringCase(protocol, "tcp") && tcp_type == "passive") {
    candidate.protocol = CandidateProtocol::kTcpPassive;
  } else {
    return std::nullopt;
  }
  if (section.candidates.size() >= kMaxCandidates) return "more than 256 a=candidate lines";
  candidate.priority = *priority;
  candidate.port = *port;
  section.candidates.push_back(std::move(candidate));
  return std::nullopt;
}

std::string SerializeFingerprint(const Fingerprint& fingerprint) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out = fingerprint.algorithm + ' ';
  for (std::size_t i = 0; i < fingerprint.digest.size(); ++i) {
    if (i != 0) out += ':';
    out += kHex[fingerprint.digest[i] >> 4];
    out += kHex[fingerprint.digest[i] & 0xF];
  }
  return out;
}

std::string SerializeCandidate(const Candidate& candidate) {
  const bool tcp = candidate.protocol == CandidateProtocol::kTcpPassive;
  return candidate.foundation + " 1 " + (tcp ? "tcp " : "udp ") +
         std::to_string(candidate.priority) + ' ' + candidate.address + ' ' +
         std::to_string(candidate.port) + " typ host" + (tcp ? " tcptype passive" : "");
}

}  // namespace stellwerk
