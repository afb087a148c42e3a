#pragma once

#include <cstdint>
#include <string>

#include "bench/load/run/tally.h"
#include "bench/load/scenario/scenario.h"
#include "bench/synthetic/participant.h"
#include "bench/synthetic/slot_receiver.h"

// What a synthetic participant knows of its streams, written into a run's books.
namespace stellwerk::load {

struct ReadingOptions {
  const Scenario& scenario;
  bool verified = true;  // of those whose streams are decrypted and judged all the time
};
// Before anything was received.
void BeginReading(synthetic::Participant& transport, const ReadingOptions& options);

// When the first packet came, and the first decodable frame: of video, or of audio alone.
void ReadFirsts(const synthetic::Participant& transport, bool of_video, JoinSteps& steps);
// The pictures of one slot, so far; once, at its end.
void ReadVideo(const synthetic::SlotReceiver& slot, Timestamp now, Tally& tally);
// What the network did, and what no network does, to all slots; once, at its end.
// `whose`: for problems in words.
void ReadReception(const synthetic::Participant& transport, const std::string& whose, Tally& tally);
// Of all its video slots, so far.
uint64_t CountFreezes(const synthetic::Participant& transport, Timestamp now);
// What its tracks have sent so far, added.
void ReadSent(synthetic::Participant& transport, SentTotals& sent);
// A stream whose sender is muted or gone does not freeze.
void ExpectSource(synthetic::Participant& transport, uint32_t source, bool expected, Timestamp now);

}  // namespace stellwerk::load
