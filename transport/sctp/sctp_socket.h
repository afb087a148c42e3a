#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "rtc/base/units.h"
#include "transport/sctp/sctp_stack.h"

// usrsctp's own declaration; its header stays out of ours.
struct socket;

namespace stellwerk {

// What usrsctp delivered, in the order in which it did.
struct SctpDelivery {
  uint16_t stream = 0;
  uint32_t ppid = 0;
  bool unordered = false;
  bool is_complete = true;  // false: more of this message follows
  std::vector<uint8_t> bytes;
};
struct SctpAssociationUp {
  uint16_t outgoing_streams = 0;
};
struct SctpAssociationLost {};
// RFC 6525.
struct SctpStreamsReset {
  bool incoming = false;          // the peer's half; otherwise ours
  bool failed = false;            // ours was refused: ask again
  std::vector<uint16_t> streams;  // empty = all
};
// The rest of a message that was delivered in part will not come.
struct SctpDeliveryAborted {
  uint16_t stream = 0;
};
using SctpIndication = std::variant<SctpDelivery, SctpAssociationUp, SctpAssociationLost,
                                    SctpStreamsReset, SctpDeliveryAborted>;

// One message to send.
struct SctpOutgoingMessage {
  uint16_t stream = 0;
  uint32_t ppid = 0;
  bool ordered = true;
  std::optional<uint32_t> max_retransmits = std::nullopt;
  std::optional<uint32_t> max_lifetime_ms = std::nullopt;
  std::span<const uint8_t> bytes;
};

// One usrsctp socket over AF_CONN with one association. usrsctp calls back in the middle of its
// work, so what it says is only collected here, and the owner takes it afterwards.
class SctpSocket {
 public:
  struct Options {
    uint16_t local_port = 5000;
    uint16_t remote_port = 5000;
    uint16_t streams = 256;
    std::size_t mtu = 1160;
    std::size_t max_message_size = 0;
  };

  explicit SctpSocket(SctpStack& stack, const Options& options);
  // Aborts the association; the ABORT goes nowhere.
  ~SctpSocket();
  SctpSocket(const SctpSocket&) = delete;
  SctpSocket& operator=(const SctpSocket&) = delete;

  // False: usrsctp refused.
  [[nodiscard]] bool Connect();
  void HandlePacket(std::span<const uint8_t> packet);
  // Lets all timers of the stack run up to `now`.
  void Advance(Timestamp now) { stack_.Advance(now); }
  enum class SendResult : uint8_t { kSent, kBlocked, kRefused };
  [[nodiscard]] SendResult Send(const SctpOutgoingMessage& message);
  void ResetOutgoingStream(uint16_t stream);
  // Sends ABORT and closes.
  void Abort();
  // Whether something sent is not acknowledged yet, or a message is received in part.
  [[nodiscard]] bool IsBusy() const;

  [[nodiscard]] std::vector<std::vector<uint8_t>> TakePackets();
  [[nodiscard]] std::vector<SctpIndication> TakeIndications();

 private:
  friend struct SctpCallbacks;
  void Configure();
  void OnNotification(std::span<const uint8_t> bytes);

  SctpStack& stack_;
  Options options_;
  uintptr_t handle_;
  struct ::socket* socket_ = nullptr;
  std::vector<std::vector<uint8_t>> packets_;
  std::vector<SctpIndication> indications_;
};

}  // namespace stellwerk
