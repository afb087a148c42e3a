#include "proto/message.h"

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <string>

#include "proto/message_generated.h"
#include "proto/wire_media.h"
#include "proto/wire_notification.h"
#include "proto/wire_reader.h"
#include "proto/wire_request.h"
#include "proto/wire_response.h"
#include "rtc/base/check.h"

namespace stellwerk::proto {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

constexpr std::size_t kMaxCandidates = 256;
constexpr std::size_t kMaxRefusalText = 4096;
// Deeper or richer than any message of ours, low enough that verifying is cheap.
constexpr flatbuffers::uoffset_t kMaxDepth = 16;
constexpr flatbuffers::uoffset_t kMaxTables = 262'144;
// A decoded message may be larger than its bytes (strong types, shared texts), but not without end.
constexpr std::size_t kDecodeBudget = 16 * kMaxMessageSize;

template <typename Wire>
wire::MessageBody KindOf(Offset<Wire> /*body*/) {
  return wire::MessageBodyTraits<Wire>::enum_value;
}

auto BodyToWire(Builder& builder, const ControllerHello& in) {
  return wire::CreateControllerHello(builder, in.version);
}
auto BodyToWire(Builder& builder, const WorkerHello& in) {
  std::vector<Offset<wire::Candidate>> candidates;
  for (const Candidate& candidate : in.candidates) candidates.push_back(ToWire(builder, candidate));
  const auto fingerprint = ToWire(builder, in.fingerprint);
  return wire::CreateWorkerHello(builder, in.version, in.pid, fingerprint,
                                 builder.CreateVector(candidates));
}
auto BodyToWire(Builder& builder, const Refusal& in) {
  const auto text = builder.CreateString(in.text);
  return wire::CreateRefusal(builder, in.version, static_cast<wire::RefusalReason>(in.reason),
                             text);
}
template <typename Body>
auto BodyToWire(Builder& builder, const Body& in) {
  return ToWire(builder, in);
}

WorkerHello ReadHello(WireReader& reader, const wire::WorkerHello& in) {
  WorkerHello out{.version = in.version(), .pid = in.pid(), .fingerprint = {}, .candidates = {}};
  if (in.fingerprint() != nullptr) out.fingerprint = FromWire(reader, *in.fingerprint());
  out.candidates =
      reader.List(in.candidates(), kMaxCandidates, "candidates",
                  [&](const wire::Candidate* candidate) { return FromWire(reader, *candidate); });
  return out;
}

Refusal ReadRefusal(WireReader& reader, const wire::Refusal& in) {
  return {.reason = reader.Enum(in.reason(), RefusalReason::kBusy, "refusal reason"),
          .text = reader.Text(in.text(), kMaxRefusalText, "refusal text"),
          .version = in.version()};
}

Message ReadMessage(WireReader& reader, const wire::Message& in) {
  using Kind = wire::MessageBody;
  switch (in.body_type()) {
    case Kind::ControllerHello:
      return ControllerHello{in.body_as_ControllerHello()->version()};
    case Kind::WorkerHello:
      return ReadHello(reader, *in.body_as_WorkerHello());
    case Kind::Refusal:
      return ReadRefusal(reader, *in.body_as_Refusal());
    case Kind::Request:
      return FromWire(reader, *in.body_as_Request());
    case Kind::Response:
      return FromWire(reader, *in.body_as_Response());
    case Kind::Notification:
      return FromWire(reader, *in.body_as_Notification());
    case Kind::NONE:
      break;
  }
  reader.Fail("message", "unknown kind " + std::to_string(static_cast<unsigned>(in.body_type())));
  return ControllerHello{};
}

bool IsAligned(std::span<const uint8_t> bytes) {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::max_align_t) == 0;
}

}  // namespace

std::vector<uint8_t> Encode(const Message& message) {
  Builder builder;
  const auto root = std::visit(
      [&](const auto& body) {
        const auto offset = BodyToWire(builder, body);
        return wire::CreateMessage(builder, KindOf(offset), offset.Union());
      },
      message);
  wire::FinishSizePrefixedMessageBuffer(builder, root);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

absl::StatusOr<Message> Decode(std::span<const uint8_t> bytes) {
  if (bytes.size() > kMaxMessageSize) {
    return absl::InvalidArgumentError("message of " + std::to_string(bytes.size()) +
                                      " bytes is larger than " + std::to_string(kMaxMessageSize));
  }
  // Smaller than a prefix, a root offset and a file identifier: nothing to verify.
  if (bytes.size() < 12) return absl::InvalidArgumentError("message is truncated");
  // The verifier checks alignment only relative to the start of the buffer.
  if (!IsAligned(bytes)) {
    const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
    STELLWERK_CHECK(IsAligned(copy));
    return Decode(copy);
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), kMaxDepth, kMaxTables);
  if (!wire::VerifySizePrefixedMessageBuffer(verifier)) {
    return absl::InvalidArgumentError("message of " + std::to_string(bytes.size()) +
                                      " bytes is not a valid flatbuffer");
  }
  WireReader reader(kDecodeBudget);
  Message message = ReadMessage(reader, *wire::GetSizePrefixedMessage(bytes.data()));
  if (!reader.ok()) return absl::InvalidArgumentError("message has a bad field: " + reader.error());
  return message;
}

}  // namespace stellwerk::proto
