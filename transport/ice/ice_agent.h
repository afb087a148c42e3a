#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rtc/base/media_parameters.h"
#include "rtc/base/units.h"
#include "transport/base/outbox.h"
#include "transport/base/tuple.h"
#include "transport/ice/consent.h"
#include "transport/stun/stun_message.h"

namespace stellwerk {

// What the owner of the address and ufrag tables has to follow up. Appended to.
struct IceChanges {
  std::vector<Tuple> added;                 // datagrams from here belong to this agent
  std::vector<Tuple> removed;               // no longer
  std::vector<std::string> retired_ufrags;  // our ufrags that are no longer valid
  [[nodiscard]] bool empty() const {
    return added.empty() && removed.empty() && retired_ufrags.empty();
  }
};

// One component's ICE agent: which addresses the peer has proven to hold, and which of them to send
// to.
class IceAgent {
 public:
  virtual ~IceAgent() = default;
  IceAgent(const IceAgent&) = delete;
  IceAgent& operator=(const IceAgent&) = delete;

  // The peer's credentials. Restarts the time within which a first check must come.
  virtual void SetRemote(const IceParameters& remote, Timestamp now) = 0;
  // RFC 8445 §9. The selected path stays in use until the new credentials have led to one.
  virtual void Restart(const IceParameters& local, const IceParameters& remote, Timestamp now,
                       IceChanges& changes) = 0;
  virtual void HandleStun(Timestamp now, const Tuple& from, const StunMessage& message,
                          IceChanges& changes, TransportOutbox& out) = 0;
  // Authentic media or data came by another path than the selected one.
  virtual void OnMedia(Timestamp now, const Tuple& from) = 0;
  virtual void OnTupleClosed(const Tuple& tuple, IceChanges& changes) = 0;
  virtual void HandleTimeout(Timestamp now, IceChanges& changes, TransportOutbox& out) = 0;
  [[nodiscard]] virtual Timestamp NextTimeout() const = 0;

  // Where to send: nullopt before the first authenticated check. It has passed one of this session.
  [[nodiscard]] const std::optional<Tuple>& selected() const { return selected_; }
  [[nodiscard]] virtual IceState state() const = 0;
  // Authenticated checks, or answers to ours, so far.
  [[nodiscard]] virtual uint64_t checks() const = 0;

 protected:
  IceAgent() = default;

  std::optional<Tuple> selected_;  // here, since every packet asks for it
};

// RFC 8445 §7.2.2: the receiver's half of a check's USERNAME, before the colon; empty if there is
// no colon.
[[nodiscard]] std::string_view ReceiverUfragOf(std::string_view username);

}  // namespace stellwerk
