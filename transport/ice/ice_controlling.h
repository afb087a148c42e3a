#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "rtc/base/packet_pool.h"
#include "rtc/base/random.h"
#include "transport/ice/consent.h"
#include "transport/ice/ice_agent.h"

namespace stellwerk {

// The controlling agent of a synthetic participant: checks the pairs it is given, nominates as it
// goes (the best of those that answer), keeps the selected pair alive. It gathers nothing and has
// no other role: a peer that controls too, as one that made the offer does, is told so (487) and
// gives way, for no tie-breaker is larger than ours (RFC 8445 §7.3.1.1).
class IceControlling final : public IceAgent {
 public:
  static constexpr std::size_t kMaxPairs = 32;
  static constexpr TimeDelta kPacing = std::chrono::milliseconds(50);  // RFC 8445 §14.2: Ta
  // Of checks that are not answered: doubles from one to the other.
  static constexpr TimeDelta kFirstRetry = std::chrono::milliseconds(250);
  static constexpr TimeDelta kSlowestRetry = std::chrono::seconds(2);
  static constexpr TimeDelta kKeepalive = std::chrono::milliseconds(2500);
  // Pairs that work but are not selected.
  static constexpr TimeDelta kSpareKeepalive = std::chrono::seconds(4);
  // A selected pair that has not answered for so long gives way to another that has.
  static constexpr TimeDelta kGiveUpAfter = std::chrono::seconds(6);

  // `pairs`: the best first.
  IceControlling(PacketPool& pool, Random& random, IceParameters local,
                 std::span<const Tuple> pairs, Timestamp now);

  // Checks go out from here on, from HandleTimeout.
  void SetRemote(const IceParameters& remote, Timestamp now) override;
  void Restart(const IceParameters& local, const IceParameters& remote, Timestamp now,
               IceChanges& changes) override;
  // Nothing happens if the pair is known or there are too many.
  void AddPair(const Tuple& pair, Timestamp now);

  void HandleStun(Timestamp now, const Tuple& from, const StunMessage& message, IceChanges& changes,
                  TransportOutbox& out) override;
  void OnMedia(Timestamp now, const Tuple& from) override;
  void OnTupleClosed(const Tuple& tuple, IceChanges& changes) override;
  void HandleTimeout(Timestamp now, IceChanges& changes, TransportOutbox& out) override;
  [[nodiscard]] Timestamp NextTimeout() const override;
  [[nodiscard]] IceState state() const override { return consent_.state(); }
  [[nodiscard]] uint64_t checks() const override { return checks_; }

 private:
  struct Pair {
    Tuple tuple;
    Timestamp next_send = kNever;
    StunTransactionId transaction{};
    int unanswered = 0;                          // checks of this transaction so far
    std::optional<Timestamp> last_success = {};  // since the last restart
  };

  Pair* Find(const Tuple& tuple);
  void HandleRequest(Timestamp now, const Tuple& from, const StunMessage& request,
                     IceChanges& changes, TransportOutbox& out);
  void HandleResponse(Timestamp now, const Tuple& from, const StunMessage& response,
                      TransportOutbox& out);
  void SendCheck(std::size_t index, Timestamp now, TransportOutbox& out);
  void CheckAllAnew(Timestamp now);
  void Select(Timestamp now);

  PacketPool& pool_;
  Random& random_;
  IceParameters local_;
  std::optional<IceParameters> remote_;
  uint64_t tie_breaker_;
  Consent consent_;
  std::vector<Pair> pairs_;  // the best first
  uint64_t checks_ = 0;
};

}  // namespace stellwerk
