#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/sdp/answer.h"
#include "controller/sdp/session_description.h"

namespace stellwerk {

// An offer recorded from a real client.
inline std::string RecordedOffer(const std::string& name) {
  std::ifstream in(std::string(STELLWERK_SOURCE_DIR) + "/tests/controller/sdp/offers/" + name,
                   std::ios::binary);
  EXPECT_TRUE(in.is_open()) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::string Replace(std::string text, std::string_view from, std::string_view to) {
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "nothing to replace: " << from;
  for (; at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

inline WorkerDescription TestWorker() {
  WorkerDescription worker;
  worker.fingerprint = {"sha-256", std::vector<uint8_t>(32, 0xAB)};
  worker.candidates = {{"1", CandidateProtocol::kUdp, 2'130'706'431, "192.0.2.10", 40'000},
                       {"2", CandidateProtocol::kTcpPassive, 1'671'430'143, "192.0.2.10", 40'000}};
  return worker;
}

// One client's connection: keeps what the controller would keep between its offers.
class Connection {
 public:
  AnswerPolicy policy;
  WorkerDescription worker = TestWorker();

  Expected<AnswerResult, SdpError> Offer(const std::string& offer) {
    ++round_;
    AnswerIds ids;
    ids.session_id = 77;
    ids.local_ice = {"server" + std::to_string(round_), "0123456789012345678901"};
    ids.cname = "room";
    ids.next_producer = next_producer_;
    ids.next_consumer = next_consumer_;
    ids.ssrc_seed = static_cast<uint64_t>(round_);
    auto result = Answer(offer, policy, ids, worker, negotiated_);
    if (result) {
      negotiated_ = result->next;
      next_producer_ = result->next_producer;
      next_consumer_ = result->next_consumer;
    }
    return result;
  }
  // The answer to an offer that must be accepted.
  AnswerResult Accept(const std::string& offer) {
    auto result = Offer(offer);
    if (!result) {
      ADD_FAILURE() << "refused: " << result.error().ToString();
      return {};
    }
    return *std::move(result);
  }
  // The complaint about an offer that must be refused.
  std::string Refuse(const std::string& offer) {
    const auto result = Offer(offer);
    if (result) {
      ADD_FAILURE() << "was accepted";
      return "";
    }
    return result.error().ToString();
  }

 private:
  Negotiated negotiated_;
  ProducerId next_producer_{100};
  ConsumerId next_consumer_{200};
  int round_ = 0;
};

inline SessionDescription Parsed(const std::string& text) {
  auto result = ParseSessionDescription(text);
  if (!result) {
    ADD_FAILURE() << result.error().ToString();
    return {};
  }
  return *std::move(result);
}

// The id an m-line gives to an extension; 0 = none.
inline int IdOf(const MediaDescription& section, std::string_view uri) {
  for (const ExtensionMapping& mapping : section.extensions) {
    if (mapping.uri == uri) return mapping.id;
  }
  return 0;
}
inline int IdOf(const MediaDescription& section, RtpExtension extension) {
  return IdOf(section, kRtpExtensionUris[static_cast<std::size_t>(extension)]);
}

// An offer of our own making: one transport, m-lines as the test needs them.
class OfferBuilder {
 public:
  OfferBuilder& Audio(const std::string& mid, const std::string& direction,
                      const std::string& more = "") {
    return Media(mid,
                 "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                 "a=rtpmap:111 opus/48000/2\r\n"
                 "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                 "a=rtcp-mux\r\na=" +
                     direction + "\r\n" + more);
  }
  OfferBuilder& Video(const std::string& mid, const std::string& direction,
                      const std::string& more = "") {
    return Media(mid,
                 "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
                 "a=rtpmap:96 VP8/90000\r\n"
                 "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
                 "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                 "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                 "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
                 "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
                 "a=rtcp-mux\r\na=" +
                     direction + "\r\n" + more);
  }
  OfferBuilder& Data(const std::string& mid) {
    return Media(mid,
                 "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                 "a=sctp-port:5000\r\na=max-message-size:262144\r\n");
  }
  // `lines` begin with the m-line; the transport's lines and a=mid are added after it.
  OfferBuilder& Media(const std::string& mid, const std::string& lines) {
    mids_.push_back(mid);
    const std::size_t end = lines.find('\n') + 1;
    media_ +=
        lines.substr(0, end) + "c=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\n" + lines.substr(end);
    return *this;
  }
  OfferBuilder& Ice(std::string ufrag) {
    ufrag_ = std::move(ufrag);
    return *this;
  }
  OfferBuilder& Setup(std::string setup) {
    setup_ = std::move(setup);
    return *this;
  }
  [[nodiscard]] std::string Build() const {
    std::string out = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE";
    for (const std::string& mid : mids_) out += ' ' + mid;
    out += "\r\na=ice-ufrag:" + ufrag_ + "\r\na=ice-pwd:passwordpassword" + ufrag_ + "\r\n";
    out += "a=fingerprint:sha-256 ";
    for (int i = 0; i < 32; ++i) out += i == 0 ? "0F" : ":0F";
    return out + "\r\na=setup:" + setup_ + "\r\n" + media_;
  }

 private:
  std::vector<std::string> mids_;
  std::string media_;
  std::string ufrag_ = "client";
  std::string setup_ = "actpass";
};

}  // namespace stellwerk
