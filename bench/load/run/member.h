#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/run/demand_log.h"
#include "bench/load/run/tally.h"
#include "bench/load/scenario/layout.h"
#include "bench/load/scenario/scenario.h"
#include "bench/load/scenario/timeline.h"
#include "bench/load/scenario/tracks.h"
#include "bench/load/target/target.h"
#include "bench/synthetic/participant.h"
#include "rtc/base/units.h"

namespace stellwerk::load {

// One person of a run: the call, and the books that are kept about it.
class Member final : public CallObserver {
 public:
  // All of it outlives the members.
  struct Context {
    const Scenario& scenario;
    const Clips& clips;
    Target& target;
    Tally& tally;
  };
  Member(const Person& person, const Context& context);

  // `watches`: whom, for servers where one subscribes one by one.
  void Join(const std::string& room, std::vector<std::string> watches, int other_publishers,
            Timestamp now);
  void Leave();
  void Reconnect(Timestamp now);
  void SetMuted(bool muted, Timestamp now);
  // As the only one of the room who talks, or not.
  void SetTalking(bool talking);
  // `speaker`: who is large in the layout that has such a one.
  void Show(Layout layout, int other_publishers, const Person* speaker, Timestamp now);
  // From now on nothing comes from, or something comes again from, this track.
  void ExpectFrom(uint32_t source, bool expected, Timestamp now);

  // Looks at what became of it; often enough that times which the scenario's people see are not
  // missed by much (every 100 ms). True: it has just got through.
  bool Observe(Timestamp now);
  // Whoever has just got through says whether there was anything to receive yet.
  void SetAwaitsMedia(bool awaits) { awaits_media_ = awaits; }
  // The books are closed; nothing may be called afterwards.
  void Finish(Timestamp now);

  [[nodiscard]] const Person& person() const { return person_; }
  [[nodiscard]] bool is_up() const { return up_; }
  [[nodiscard]] bool has_failed() const { return failed_; }
  // What others receive: it is up and not muted.
  [[nodiscard]] bool sends() const { return up_ && person_.publishes && !muted_; }
  [[nodiscard]] std::optional<Timestamp> keys_at() const { return call_->times().dtls; }
  [[nodiscard]] const std::vector<synthetic::Participant*>& transports() const {
    return transports_;
  }

  void OnTransport(synthetic::Participant& transport) override;
  void OnTransportEnding(synthetic::Participant& transport) override;

 private:
  struct Books {
    std::size_t lines = 0;                                  // m-lines when last looked at
    std::map<std::string, DemandLog, std::less<>> demands;  // of each video slot, by mid
  };
  [[nodiscard]] synthetic::ParticipantConfig Media(int other_publishers) const;
  [[nodiscard]] JoinSteps Steps() const;
  void NoteJoin();
  void NoteReconnect();
  void ReadSlots(synthetic::Participant& transport, const Books& books, Timestamp now);
  void ReadTracks(synthetic::Participant& transport, Timestamp now);
  void ExpectHeights(const synthetic::Participant& transport, Books& books, Timestamp now) const;

  Person person_;
  Context context_;
  std::unique_ptr<Call> call_;
  std::vector<synthetic::Participant*> transports_;
  std::map<const synthetic::Participant*, Books> books_;
  Timestamp started_;
  Timestamp now_;  // of the latest call
  // What each tile is to show, by the order of video slots; beyond them nothing is expected. Empty:
  // the best there is in each.
  struct Wanted {
    int height = 0;
    std::optional<uint32_t> source = {};
  };
  std::vector<Wanted> wanted_;
  // Since when it waits for a first frame after its network was lost, and when that came.
  std::optional<Timestamp> reconnected_;
  std::optional<Timestamp> frame_after_reconnect_;
  bool up_ = false;
  bool failed_ = false;
  bool muted_ = false;
  bool awaits_media_ = false;
  bool join_noted_ = false;
  std::string told_error_;
};

}  // namespace stellwerk::load
