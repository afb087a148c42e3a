#include "transport/ice/ice_lite.h"

#include <algorithm>
#include <utility>

#include "transport/ice/check_response.h"

namespace stellwerk {

IceLite::IceLite(PacketPool& pool, IceParameters local, Timestamp now)
    : pool_(pool), local_(std::move(local)), consent_(now) {}

// A lite agent sends no checks, so the peer's credentials are of no use to it.
void IceLite::SetRemote(const IceParameters& /*remote*/, Timestamp now) { consent_.StartOver(now); }

void IceLite::Restart(const IceParameters& local, const IceParameters& /*remote*/, Timestamp now,
                      IceChanges& changes) {
  // A second restart before anyone used the first: only the newest two count.
  if (previous_local_) changes.retired_ufrags.push_back(previous_local_->ufrag);
  previous_local_ = std::exchange(local_, local);
  consent_.StartOver(now);
}

void IceLite::HandleStun(Timestamp now, const Tuple& from, const StunMessage& message,
                         IceChanges& changes, TransportOutbox& out) {
  if (message.message_class() != StunClass::kRequest) {
    // RFC 8445 §11: Binding indications are keepalives. Answers there can be none: a lite agent
    // asks nothing.
    if (message.message_class() != StunClass::kIndication)
      out.drops.Count(DropReason::kStunUnexpected);
    return;
  }
  const auto answer = [&](PacketRef packet) {
    if (packet) out.datagrams.push_back({.tuple = from, .packet = std::move(packet)});
  };
  const auto ufrag = ReceiverUfragOf(message.username().value_or(std::string_view()));
  const std::string* password = PasswordOf(ufrag);
  // RFC 8489 §9.1.3: the user name is not ours, or the integrity does not hold: 401, without
  // integrity.
  if (password == nullptr || !message.VerifyIntegrity(*password)) {
    out.drops.Count(DropReason::kStunBadIntegrity);
    answer(MakeCheckError(pool_, message, kStunUnauthenticated));
    return;
  }
  // RFC 8489 §6.3.1: an attribute that must be understood and is not.
  if (!message.unknown_required().empty()) {
    out.drops.Count(DropReason::kUnsupported);
    answer(MakeCheckError(pool_, message, kStunUnknownAttribute, *password));
    return;
  }
  // RFC 8445 §6.1.1: a lite agent is controlled if the other is full; §7.3.1.1: who claims the same
  // role is told to switch.
  if (message.ice_controlled()) {
    out.drops.Count(DropReason::kUnsupported);
    answer(MakeCheckError(pool_, message, kStunRoleConflict, *password));
    return;
  }
  if (previous_local_ && ufrag == local_.ufrag) RetireOldCredentials(changes);
  ++checks_;
  consent_.OnCheck(now);
  Path& path = FindOrAdd(from, now, changes);
  path.priority = message.priority().value_or(0);
  path.last_check = now;
  if (!selected_) selected_ = from;
  if (message.use_candidate()) Nominate(path, now);
  answer(MakeCheckSuccess(pool_, message, from.remote, *password));
}

const std::string* IceLite::PasswordOf(std::string_view ufrag) const {
  if (ufrag == local_.ufrag) return &local_.pwd;
  if (previous_local_ && ufrag == previous_local_->ufrag) return &previous_local_->pwd;
  return nullptr;
}

IceLite::Path* IceLite::Find(const Tuple& tuple) {
  const auto it =
      std::find_if(paths_.begin(), paths_.end(), [&](const Path& p) { return p.tuple == tuple; });
  return it == paths_.end() ? nullptr : &*it;
}

IceLite::Path& IceLite::FindOrAdd(const Tuple& tuple, Timestamp now, IceChanges& changes) {
  if (Path* known = Find(tuple)) return *known;
  changes.added.push_back(tuple);
  if (paths_.size() < kMaxPaths)
    return paths_.emplace_back(Path{.tuple = tuple, .last_check = now});
  const auto stalest =
      std::min_element(paths_.begin(), paths_.end(), [&](const Path& a, const Path& b) {
        const bool a_stays = a.tuple == selected_;
        const bool b_stays = b.tuple == selected_;
        return a_stays != b_stays ? b_stays : a.last_check < b.last_check;
      });
  changes.removed.push_back(stalest->tuple);
  *stalest = Path{.tuple = tuple, .last_check = now};
  return *stalest;
}

void IceLite::RetireOldCredentials(IceChanges& changes) {
  changes.retired_ufrags.push_back(previous_local_->ufrag);
  previous_local_.reset();
  // The selected path carries media until a path is nominated anew, and then whatever it is.
  for (Path& path : paths_) path.last_nomination.reset();
}

void IceLite::Nominate(Path& path, Timestamp now) {
  const auto before = std::exchange(path.last_nomination, now);
  if (path.tuple == selected_) return;
  const Path* current = Find(*selected_);
  const bool selected_counts = current != nullptr && current->last_nomination.has_value();
  // A lower priority wins too, unless the selected path keeps being nominated in between: then both
  // always will be.
  if (!selected_counts || path.priority > current->priority || !before ||
      *current->last_nomination < *before) {
    selected_ = path.tuple;
  }
}

void IceLite::OnMedia(Timestamp /*now*/, const Tuple& from) {
  if (from == selected_) return;
  const Path* path = Find(from);
  if (path == nullptr) return;
  const Path* current = selected_ ? Find(*selected_) : nullptr;
  const bool nominated_later =
      current != nullptr && path->last_nomination &&
      (!current->last_nomination || *path->last_nomination > *current->last_nomination);
  // Packets of the old path that arrive after a move don't undo it: that path's nomination and
  // checks are older.
  if (current == nullptr || nominated_later ||
      path->last_check - current->last_check >= kFollowMediaAfter) {
    selected_ = from;
  }
}

void IceLite::OnTupleClosed(const Tuple& tuple, IceChanges& changes) {
  const auto it =
      std::find_if(paths_.begin(), paths_.end(), [&](const Path& p) { return p.tuple == tuple; });
  if (it == paths_.end()) return;
  paths_.erase(it);
  changes.removed.push_back(tuple);
  if (tuple == selected_) SelectBestRemaining();
}

void IceLite::SelectBestRemaining() {
  const auto best =
      std::max_element(paths_.begin(), paths_.end(), [](const Path& a, const Path& b) {
        return std::pair(a.last_nomination.has_value(), a.last_check) <
               std::pair(b.last_nomination.has_value(), b.last_check);
      });
  selected_ = best == paths_.end() ? std::nullopt : std::optional(best->tuple);
}

void IceLite::HandleTimeout(Timestamp now, IceChanges& changes, TransportOutbox& /*out*/) {
  consent_.HandleTimeout(now);
  // RFC 7675 §5.1: consent is given per path, so one that was not checked for so long may not be
  // sent to.
  const auto is_stale = [&](const Path& path) {
    return now - path.last_check >= Consent::kGoneAfter;
  };
  for (const Path& path : paths_) {
    if (is_stale(path)) changes.removed.push_back(path.tuple);
  }
  std::erase_if(paths_, is_stale);
  if (selected_ && Find(*selected_) == nullptr) SelectBestRemaining();
}

}  // namespace stellwerk
