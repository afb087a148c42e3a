// Any text as a server's offer to a synthetic participant: whatever is answered gives an answer
// that can be read, and that has the m-lines of the offer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/synthetic/server_offer.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/check.h"

using stellwerk::Codec;
using stellwerk::ParseSessionDescription;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const std::vector<Codec> codecs = {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1};
  stellwerk::synthetic::LocalSide local;
  local.ice = {"ufrag", "passwordpasswordpassword"};
  local.fingerprint = {"sha-256", std::vector<uint8_t>(32, 1)};
  local.address = stellwerk::SocketAddress::Parse("192.0.2.1:9000");
  for (const bool with_data : {false, true}) {
    const auto offer = stellwerk::synthetic::ReadServerOffer(text, codecs, with_data);
    if (!offer.ok()) continue;
    STELLWERK_CHECK(offer->media.size() == offer->offer.media.size());
    STELLWERK_CHECK(offer->read.media.size() == offer->media.size());
    const auto answer =
        ParseSessionDescription(stellwerk::synthetic::AnswerServerOffer(*offer, local));
    STELLWERK_CHECK(answer.has_value());
    STELLWERK_CHECK(answer->media.size() == offer->media.size());
    for (std::size_t i = 0; i < offer->media.size(); ++i) {
      STELLWERK_CHECK((answer->media[i].port != 0) == offer->read.media[i].accepted);
    }
  }
  return 0;
}
