#pragma once

#include <string>
#include <string_view>

namespace stellwerk::test {

// What a browser's offer needs, and nothing more. `letter` makes the fingerprint: one per
// RTCPeerConnection.
struct TestOffer {
  char letter = 'A';
  std::string ufrag = "abcd";
  int send_audio = 0;
  int send_video = 0;
  int receive_audio = 0;
  int receive_video = 0;
  bool data = false;

  [[nodiscard]] std::string Text() const {
    std::string mids;
    std::string media;
    int mid = 0;
    const auto add = [&](std::string_view kind, std::string_view direction) {
      mids += " " + std::to_string(mid);
      media += Section(kind, direction, mid++);
    };
    for (int i = 0; i < send_audio; ++i) add("audio", "sendonly");
    for (int i = 0; i < send_video; ++i) add("video", "sendonly");
    for (int i = 0; i < receive_audio; ++i) add("audio", "recvonly");
    for (int i = 0; i < receive_video; ++i) add("video", "recvonly");
    if (data) add("application", "");
    return "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" +
           mids + "\r\na=msid-semantic: WMS\r\n" + media;
  }

 private:
  [[nodiscard]] std::string Section(std::string_view kind, std::string_view direction,
                                    int mid) const {
    std::string pair;
    for (int i = 0; i < 32; ++i) pair += std::string(i == 0 ? "" : ":") + letter + letter;
    const std::string transport = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:" + ufrag +
                                  "\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 " +
                                  pair + "\r\na=setup:actpass\r\na=mid:" + std::to_string(mid) +
                                  "\r\n";
    if (kind == "application") {
      return "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" + transport +
             "a=sctp-port:5000\r\na=max-message-size:262144\r\n";
    }
    std::string text = "m=" + std::string(kind) + " 9 UDP/TLS/RTP/SAVPF ";
    text += kind == "audio" ? "111\r\n" : "96 97\r\n";
    text += transport + "a=" + std::string(direction) + "\r\na=rtcp-mux\r\na=rtcp-rsize\r\n" +
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    if (direction == "sendonly") text += "a=msid:s t" + std::to_string(mid) + "\r\n";
    if (kind == "audio")
      return text + "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
    return text +
           "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n"
           "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
  }
};

}  // namespace stellwerk::test
