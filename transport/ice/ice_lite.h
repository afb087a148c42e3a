#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/base/deadline_grid.h"
#include "rtc/base/packet_pool.h"
#include "transport/ice/consent.h"
#include "transport/ice/ice_agent.h"

namespace stellwerk {

// RFC 8445 §2.5: the lite agent of a server with public addresses. It answers checks, sends none,
// and is always controlled.
//
// Which path is sent to: the first that was checked, until the peer nominates one; from then on the
// one nominated last. A peer that nominates several at once and over and over (aggressive
// nomination, RFC 5245 §8.1.1.2) does not make it swing: of those the highest priority wins. And
// where media comes from a checked path while the selected one has fallen silent, the media is
// followed.
class IceLite final : public IceAgent {
 public:
  // Paths of one peer; beyond it the one that was checked least recently is forgotten.
  static constexpr std::size_t kMaxPaths = 32;
  // Media is followed to another path if the selected one had no check for so much longer.
  static constexpr TimeDelta kFollowMediaAfter = std::chrono::seconds(3);

  IceLite(PacketPool& pool, IceParameters local, Timestamp now);

  void SetRemote(const IceParameters& remote, Timestamp now) override;
  void Restart(const IceParameters& local, const IceParameters& remote, Timestamp now,
               IceChanges& changes) override;
  void HandleStun(Timestamp now, const Tuple& from, const StunMessage& message, IceChanges& changes,
                  TransportOutbox& out) override;
  void OnMedia(Timestamp now, const Tuple& from) override;
  void OnTupleClosed(const Tuple& tuple, IceChanges& changes) override;
  void HandleTimeout(Timestamp now, IceChanges& changes, TransportOutbox& out) override;
  // Whether a peer is gone is known a moment later: one turn of the loop looks after many.
  [[nodiscard]] Timestamp NextTimeout() const override {
    return OnDeadlineGrid(consent_.NextTimeout());
  }
  [[nodiscard]] IceState state() const override { return consent_.state(); }
  [[nodiscard]] uint64_t checks() const override { return checks_; }

 private:
  struct Path {
    Tuple tuple;
    uint32_t priority = 0;
    Timestamp last_check;
    std::optional<Timestamp> last_nomination = {};  // since the last restart
  };

  // The password that belongs to one of our ufrags, nullptr if it is none of ours.
  [[nodiscard]] const std::string* PasswordOf(std::string_view ufrag) const;
  Path* Find(const Tuple& tuple);
  Path& FindOrAdd(const Tuple& tuple, Timestamp now, IceChanges& changes);
  void RetireOldCredentials(IceChanges& changes);
  void Nominate(Path& path, Timestamp now);
  void SelectBestRemaining();

  PacketPool& pool_;
  IceParameters local_;
  std::optional<IceParameters> previous_local_;  // during a restart
  Consent consent_;
  std::vector<Path> paths_;
  uint64_t checks_ = 0;
};

}  // namespace stellwerk
