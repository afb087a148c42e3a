// Any text as an offer: whatever parses must survive being written and read again, and whatever is
// answered must give an answer that we can read ourselves, on a first and on a second offer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/sdp/answer.h"
#include "controller/sdp/session_description.h"
#include "rtc/base/check.h"

using stellwerk::Answer;
using stellwerk::ParseSessionDescription;
using stellwerk::SerializeSessionDescription;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  const auto parsed = ParseSessionDescription(text);
  if (!parsed) return 0;
  // Attributes that do not belong to an m-line's type are not written, so the first round may lose
  // some; the second may not.
  const std::string written = SerializeSessionDescription(*parsed);
  const auto again = ParseSessionDescription(written);
  STELLWERK_CHECK(again.has_value());
  STELLWERK_CHECK(SerializeSessionDescription(*again) == written);

  stellwerk::AnswerIds ids;
  ids.local_ice = {"ufrag", "passwordpasswordpassword"};
  ids.cname = "room";
  stellwerk::WorkerDescription worker;
  worker.fingerprint = {"sha-256", std::vector<uint8_t>(32, 1)};
  worker.candidates = {{"1", stellwerk::CandidateProtocol::kUdp, 1, "192.0.2.1", 9000}};
  const auto first = Answer(text, {}, ids, worker, {});
  if (!first) return 0;
  STELLWERK_CHECK(ParseSessionDescription(first->answer).has_value());
  const auto second = Answer(text, {}, ids, worker, first->next);
  STELLWERK_CHECK(second.has_value());
  STELLWERK_CHECK(second->add_producers.empty() && second->removed_producers.empty());
  STELLWERK_CHECK(second->add_consumers.empty() && second->removed_consumers.empty());
  return 0;
}
