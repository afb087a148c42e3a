#include "rtc/rtcp/transport_feedback.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "rtc/base/byte_reader.h"
#include "rtc/base/check.h"

namespace stellwerk {
namespace {

// draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1: two bits each.
enum class Symbol : uint8_t { kLost = 0, kSmallDelta = 1, kLargeDelta = 2, kReserved = 3 };

constexpr std::size_t kOneBitSymbols = 14;
constexpr std::size_t kTwoBitSymbols = 7;
constexpr std::size_t kMaxRun = 0x1FFF;
constexpr uint16_t kVectorBit = 0x8000;
constexpr uint16_t kTwoBitVectorBit = 0x4000;
constexpr int64_t kTicksPerReference = TransportFeedback::kReferenceTick / TransportFeedback::kTick;
constexpr int64_t kMaxSmallDelta = 0xFF;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The signed 24-bit number that the wire carries.
int64_t WrapReference(int64_t reference) {
  const int64_t wrapped = reference & 0xFFFFFF;
  return wrapped >= 1 << 23 ? wrapped - (1 << 24) : wrapped;
}

// A packet chunk (§3.1.3, §3.1.4) as `size` symbols.
class Chunk {
 public:
  explicit Chunk(uint16_t bits) : bits_(bits) {}
  [[nodiscard]] bool is_run() const { return (bits_ & kVectorBit) == 0; }
  [[nodiscard]] std::size_t size() const {
    if (is_run()) return bits_ & kMaxRun;
    return (bits_ & kTwoBitVectorBit) != 0 ? kTwoBitSymbols : kOneBitSymbols;
  }
  [[nodiscard]] Symbol operator[](std::size_t i) const {
    if (is_run()) return static_cast<Symbol>(bits_ >> 13 & 3);
    if ((bits_ & kTwoBitVectorBit) != 0) {
      return static_cast<Symbol>(bits_ >> (2 * (kTwoBitSymbols - 1 - i)) & 3);
    }
    return static_cast<Symbol>(bits_ >> (kOneBitSymbols - 1 - i) & 1);
  }

 private:
  uint16_t bits_;
};

// The deltas begin behind as many chunks as `status_count` takes.
std::span<const uint8_t> ReadChunks(ByteReader& in, std::size_t status_count) {
  const auto from_here = in.rest();
  const std::size_t start = in.offset();
  for (std::size_t seen = 0; seen < status_count && in.ok();) seen += Chunk(in.ReadU16()).size();
  return in.ok() ? from_here.first(in.offset() - start) : std::span<const uint8_t>{};
}

// Reads deltas, one after the other, and lists the arrivals that they make.
class ArrivalReader {
 public:
  // `ticks`: the reference time, in TransportFeedback::kTick.
  ArrivalReader(TransportFeedback& feedback, std::span<const uint8_t> deltas, int64_t ticks)
      : feedback_(feedback), deltas_(deltas), ticks_(ticks) {}

  // What the symbol of the packet `index` after the first says.
  void Read(Symbol symbol, std::size_t index) {
    switch (symbol) {
      case Symbol::kLost:
        return;
      case Symbol::kSmallDelta:
        if (deltas_.empty()) return Fail(DropReason::kTruncated);
        ticks_ += deltas_[0];
        deltas_ = deltas_.subspan(1);
        break;
      case Symbol::kLargeDelta:
        if (deltas_.size() < 2) return Fail(DropReason::kTruncated);
        ticks_ += static_cast<int16_t>(deltas_[0] << 8 | deltas_[1]);
        deltas_ = deltas_.subspan(2);
        break;
      case Symbol::kReserved:
        return Fail(DropReason::kMalformed);
    }
    feedback_.received.push_back(
        {.sequence_number = TransportSeqNum(static_cast<uint16_t>(feedback_.base.value() + index)),
         .arrival = ticks_ * TransportFeedback::kTick});
  }
  // The first thing that was wrong.
  [[nodiscard]] std::optional<DropReason> error() const { return error_; }

 private:
  void Fail(DropReason error) {
    if (!error_) error_ = error;
  }

  TransportFeedback& feedback_;
  std::span<const uint8_t> deltas_;
  int64_t ticks_;
  std::optional<DropReason> error_;
};

class ChunkWriter {
 public:
  ChunkWriter(ByteWriter& out, std::span<const Symbol> symbols) : out_(out), rest_(symbols) {}

  void WriteAll() {
    while (!rest_.empty() && out_.ok()) {
      const std::size_t run = RunLength();
      const bool one_bit = FitsOneBit();
      const std::size_t vector_size = one_bit ? kOneBitSymbols : kTwoBitSymbols;
      if (run >= std::min(vector_size, rest_.size())) {
        WriteRun(run);
      } else if (one_bit) {
        WriteVector(kVectorBit, kOneBitSymbols, 1);
      } else {
        WriteVector(kVectorBit | kTwoBitVectorBit, kTwoBitSymbols, 2);
      }
    }
  }

 private:
  [[nodiscard]] std::size_t RunLength() const {
    const auto limit = rest_.first(std::min(rest_.size(), kMaxRun));
    const auto end = std::find_if(limit.begin(), limit.end(),
                                  [&](Symbol symbol) { return symbol != limit.front(); });
    return static_cast<std::size_t>(end - limit.begin());
  }
  [[nodiscard]] bool FitsOneBit() const {
    const auto window = rest_.first(std::min(rest_.size(), kOneBitSymbols));
    return std::none_of(window.begin(), window.end(),
                        [](Symbol symbol) { return symbol == Symbol::kLargeDelta; });
  }
  void WriteRun(std::size_t run) {
    out_.WriteU16(static_cast<uint16_t>(static_cast<std::size_t>(rest_.front()) << 13 | run));
    rest_ = rest_.subspan(run);
  }
  void WriteVector(uint16_t head, std::size_t capacity, std::size_t symbol_bits) {
    const std::size_t count = std::min(capacity, rest_.size());
    std::size_t bits = head;
    for (std::size_t i = 0; i < count; ++i) {
      bits |= static_cast<std::size_t>(rest_[i]) << (symbol_bits * (capacity - 1 - i));
    }
    out_.WriteU16(static_cast<uint16_t>(bits));
    rest_ = rest_.subspan(count);
  }

  ByteWriter& out_;
  std::span<const Symbol> rest_;
};

int64_t ToTicks(TimeDelta time) {
  return FloorDivide(time.count(), TransportFeedback::kTick.count());
}

// The time that the message begins with, in units of 64 ms, so that the first delta is small.
int64_t ReferenceOf(const TransportFeedback& feedback) {
  if (feedback.received.empty()) return 0;
  return FloorDivide(ToTicks(feedback.received.front().arrival), kTicksPerReference);
}

}  // namespace

Expected<TransportFeedback, DropReason> TransportFeedback::Parse(const RtcpPacketView& packet) {
  ByteReader in(packet.body);
  TransportFeedback feedback;
  feedback.sender = Ssrc(in.ReadU32());
  feedback.media = Ssrc(in.ReadU32());
  feedback.base = TransportSeqNum(in.ReadU16());
  feedback.status_count = in.ReadU16();
  const int64_t reference = WrapReference(in.ReadU24());
  feedback.feedback_count = in.ReadU8();
  ByteReader chunks(ReadChunks(in, feedback.status_count));
  if (!in.ok()) return Unexpected(DropReason::kTruncated);
  if (feedback.status_count == 0) return Unexpected(DropReason::kMalformed);

  // Every arrival takes a byte of delta at least.
  feedback.received.reserve(std::min<std::size_t>(feedback.status_count, in.remaining()));
  ArrivalReader arrivals(feedback, in.rest(), reference * kTicksPerReference);
  for (std::size_t index = 0; index < feedback.status_count;) {
    const Chunk chunk(chunks.ReadU16());
    const std::size_t count = std::min(chunk.size(), feedback.status_count - index);
    const bool all_lost = chunk.is_run() && count > 0 && chunk[0] == Symbol::kLost;
    for (std::size_t i = 0; i < count && !all_lost; ++i) arrivals.Read(chunk[i], index + i);
    if (arrivals.error()) return Unexpected(*arrivals.error());
    index += count;
  }
  return feedback;
}

void TransportFeedback::SerializeTo(ByteWriter& out) const {
  std::vector<Symbol> symbols(status_count, Symbol::kLost);
  std::vector<int64_t> deltas;
  deltas.reserve(received.size());
  const int64_t reference = ReferenceOf(*this);
  int64_t before = reference * kTicksPerReference;
  for (const Received& packet : received) {
    const int64_t ticks = ToTicks(packet.arrival);
    const int64_t delta = ticks - before;
    const auto index = static_cast<uint16_t>(packet.sequence_number.value() - base.value());
    STELLWERK_CHECK(index < status_count);
    STELLWERK_CHECK(delta >= std::numeric_limits<int16_t>::min() &&
                    delta <= std::numeric_limits<int16_t>::max());
    symbols[index] =
        delta >= 0 && delta <= kMaxSmallDelta ? Symbol::kSmallDelta : Symbol::kLargeDelta;
    deltas.push_back(delta);
    before = ticks;
  }

  const RtcpHeaderScope header(out, RtcpType::kTransportLayerFeedback, kFormat);
  const std::size_t start = out.size();
  out.WriteU32(sender.value());
  out.WriteU32(media.value());
  out.WriteU16(base.value());
  out.WriteU16(status_count);
  out.WriteU24(static_cast<uint32_t>(reference & 0xFFFFFF));
  out.WriteU8(feedback_count);
  ChunkWriter(out, symbols).WriteAll();
  for (const int64_t delta : deltas) {
    if (delta >= 0 && delta <= kMaxSmallDelta) {
      out.WriteU8(static_cast<uint8_t>(delta));
    } else {
      out.WriteU16(static_cast<uint16_t>(delta));
    }
  }
  // §3.1: zero padding up to 32 bits. A receiver knows from the chunks where the deltas end, so the
  // P bit is not needed.
  out.WriteZeros((4 - (out.size() - start) % 4) % 4);
}

}  // namespace stellwerk
