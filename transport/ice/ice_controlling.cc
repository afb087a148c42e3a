#include "transport/ice/ice_controlling.h"

#include <algorithm>
#include <string>
#include <utility>

#include "transport/ice/check_response.h"
#include "transport/stun/stun_writer.h"

namespace stellwerk {
namespace {

// RFC 8445 §5.1.2.1: what a peer-reflexive candidate of this pair would have; pairs earlier in the
// list get more.
constexpr uint32_t PriorityOf(std::size_t index) {
  constexpr uint32_t kPeerReflexive = 110;
  return kPeerReflexive << 24 | static_cast<uint32_t>(65'535 - index) << 8 | 255;
}
// RFC 8489 §6.2.1: Rc, after which a new transaction begins.
constexpr int kMaxTransmissions = 7;
// RFC 8445 §7.3.1.1: of two agents that both control, the one with the smaller number gives way.
constexpr uint64_t kLargeTieBreaker = 0xFFFF'FFFF'0000'0000;

}  // namespace

IceControlling::IceControlling(PacketPool& pool, Random& random, IceParameters local,
                               std::span<const Tuple> pairs, Timestamp now)
    : pool_(pool),
      random_(random),
      local_(std::move(local)),
      tie_breaker_(random.NextU64() | kLargeTieBreaker),
      consent_(now) {
  for (const Tuple& pair : pairs) AddPair(pair, now);
}

void IceControlling::SetRemote(const IceParameters& remote, Timestamp now) {
  remote_ = remote;
  consent_.StartOver(now);
  CheckAllAnew(now);
}

void IceControlling::Restart(const IceParameters& local, const IceParameters& remote, Timestamp now,
                             IceChanges& changes) {
  changes.retired_ufrags.push_back(std::exchange(local_, local).ufrag);
  for (Pair& pair : pairs_) pair.last_success.reset();
  SetRemote(remote, now);
}

void IceControlling::CheckAllAnew(Timestamp now) {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    pairs_[i].unanswered = 0;
    pairs_[i].next_send = now + kPacing * static_cast<int>(i);
  }
}

void IceControlling::AddPair(const Tuple& pair, Timestamp now) {
  if (Find(pair) != nullptr || pairs_.size() >= kMaxPairs) return;
  pairs_.push_back({.tuple = pair, .next_send = remote_ ? now : kNever});
}

IceControlling::Pair* IceControlling::Find(const Tuple& tuple) {
  const auto it =
      std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& p) { return p.tuple == tuple; });
  return it == pairs_.end() ? nullptr : &*it;
}

void IceControlling::HandleStun(Timestamp now, const Tuple& from, const StunMessage& message,
                                IceChanges& changes, TransportOutbox& out) {
  switch (message.message_class()) {
    case StunClass::kRequest:
      return HandleRequest(now, from, message, changes, out);
    case StunClass::kSuccess:
    case StunClass::kError:
      return HandleResponse(now, from, message, out);
    case StunClass::kIndication:
      return;
  }
}

void IceControlling::HandleRequest(Timestamp now, const Tuple& from, const StunMessage& request,
                                   IceChanges& changes, TransportOutbox& out) {
  const auto answer = [&](PacketRef packet) {
    if (packet) out.datagrams.push_back({.tuple = from, .packet = std::move(packet)});
  };
  const auto ufrag = ReceiverUfragOf(request.username().value_or(std::string_view()));
  if (ufrag != local_.ufrag || !request.VerifyIntegrity(local_.pwd)) {
    out.drops.Count(DropReason::kStunBadIntegrity);
    return answer(MakeCheckError(pool_, request, kStunUnauthenticated));
  }
  if (request.ice_controlling()) {
    out.drops.Count(DropReason::kUnsupported);
    return answer(MakeCheckError(pool_, request, kStunRoleConflict, local_.pwd));
  }
  answer(MakeCheckSuccess(pool_, request, from.remote, local_.pwd));
  // RFC 8445 §7.3.1.3, §7.3.1.4: a path that is new to us becomes a pair, one that works not yet is
  // checked at once.
  if (Find(from) == nullptr && pairs_.size() < kMaxPairs) {
    AddPair(from, now);
    changes.added.push_back(from);
  }
  if (Pair* pair = Find(from); pair != nullptr && remote_ && !pair->last_success) {
    pair->next_send = std::min(pair->next_send, now);
  }
}

void IceControlling::HandleResponse(Timestamp now, const Tuple& from, const StunMessage& response,
                                    TransportOutbox& out) {
  Pair* pair = Find(from);
  // RFC 8445 §7.2.5.2.1: from and to the same addresses as the check.
  if (pair == nullptr || !remote_ || pair->unanswered == 0 ||
      pair->transaction != response.transaction_id()) {
    out.drops.Count(DropReason::kStunUnexpected);
    return;
  }
  if (!response.VerifyIntegrity(remote_->pwd)) {
    // Also a 401 of a peer that does not know us yet. The check is repeated anyway.
    out.drops.Count(DropReason::kStunBadIntegrity);
    return;
  }
  pair->unanswered = 0;
  if (response.message_class() == StunClass::kError) {
    // RFC 8445 §7.2.5.1 would switch roles on a 487. We keep ours, so the peer must be made to
    // switch: nobody's tie-breaker is larger than this one.
    if (response.error_code() == kStunRoleConflict) tie_breaker_ = UINT64_MAX;
    pair->next_send = now + kFirstRetry;
    return;
  }
  ++checks_;
  pair->last_success = now;
  consent_.OnCheck(now);
  const auto before = selected_;
  Select(now);
  // The check that made it the selected pair may not have nominated it.
  const bool newly_selected = pair->tuple == selected_ && before != selected_;
  pair->next_send = now + (newly_selected             ? kPacing
                           : pair->tuple == selected_ ? kKeepalive
                                                      : kSpareKeepalive);
}

void IceControlling::Select(Timestamp now) {
  const auto works = [&](const Pair& pair) {
    return pair.last_success && now - *pair.last_success < kGiveUpAfter;
  };
  const auto best = std::find_if(pairs_.begin(), pairs_.end(), works);
  if (best == pairs_.end() || best->tuple == selected_) return;
  selected_ = best->tuple;
  // Nominate it now, if its check did not.
  best->next_send = now;
}

void IceControlling::OnMedia(Timestamp /*now*/, const Tuple& /*from*/) {
}  // who controls, does not follow

void IceControlling::OnTupleClosed(const Tuple& tuple, IceChanges& changes) {
  if (std::erase_if(pairs_, [&](const Pair& pair) { return pair.tuple == tuple; }) == 0) return;
  changes.removed.push_back(tuple);
  if (tuple != selected_) return;
  const auto next = std::find_if(pairs_.begin(), pairs_.end(),
                                 [](const Pair& p) { return p.last_success.has_value(); });
  selected_ = next == pairs_.end() ? std::nullopt : std::optional(next->tuple);
}

void IceControlling::HandleTimeout(Timestamp now, IceChanges& /*changes*/, TransportOutbox& out) {
  // Nobody is waited for before it is known whom we wait for.
  if (!remote_) return;
  consent_.HandleTimeout(now);
  if (state() == IceState::kGone) return;
  if (const Pair* current = selected_ ? Find(*selected_) : nullptr;
      current != nullptr && current->last_success && now - *current->last_success >= kGiveUpAfter) {
    Select(now);
  }
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (pairs_[i].next_send <= now) SendCheck(i, now, out);
  }
}

void IceControlling::SendCheck(std::size_t index, Timestamp now, TransportOutbox& out) {
  Pair& pair = pairs_[index];
  if (pair.unanswered == 0 || pair.unanswered >= kMaxTransmissions) {
    random_.Fill(pair.transaction);
    pair.unanswered = 0;
  }
  const TimeDelta retry = std::min<TimeDelta>(kFirstRetry * (1 << pair.unanswered), kSlowestRetry);
  ++pair.unanswered;
  pair.next_send = now + retry;

  PacketRef packet = pool_.Allocate(kStunMaxSize);
  StunWriter writer(packet.mutable_buffer(), StunClass::kRequest, kStunBinding, pair.transaction);
  writer.AddUsername(remote_->ufrag + ":" + local_.ufrag);
  writer.AddPriority(PriorityOf(index));
  writer.AddIceControlling(tie_breaker_);
  // Nominate as we go, but never a pair that is worse than the selected one.
  const auto selected = std::find_if(pairs_.begin(), pairs_.end(),
                                     [&](const Pair& p) { return p.tuple == selected_; });
  if (selected == pairs_.end() || !selected->last_success ||
      index <= static_cast<std::size_t>(selected - pairs_.begin())) {
    writer.AddUseCandidate();
  }
  writer.AddMessageIntegrity(remote_->pwd);
  writer.AddFingerprint();
  packet.set_size(writer.Finish());
  out.datagrams.push_back({.tuple = pair.tuple, .packet = std::move(packet)});
}

Timestamp IceControlling::NextTimeout() const {
  if (!remote_ || state() == IceState::kGone) return kNever;
  Timestamp next = consent_.NextTimeout();
  for (const Pair& pair : pairs_) next = std::min(next, pair.next_send);
  return next;
}

}  // namespace stellwerk
