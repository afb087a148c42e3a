#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "bench/synthetic/dependency_descriptor_reader.h"
#include "bench/synthetic/frame_ledger.h"
#include "bench/synthetic/payload_mark.h"
#include "rtc/base/media_parameters.h"
#include "rtc/codec/vp8_descriptor.h"
#include "rtc/codec/vp9_descriptor.h"

namespace stellwerk::synthetic {

// What a packet's headers say of its frame, as the receiver got them.
struct FrameHeaders {
  Codec codec = Codec::kUnknown;
  std::optional<Vp8Descriptor> vp8 = {};
  bool vp8_keyframe = false;
  std::optional<Vp9Descriptor> vp9 = {};
  std::optional<DependencyDescriptorReader::Packet> dependencies = {};
};

// Holds what the headers of a stream say against the truth of the marks: whoever goes by the
// headers must come to the same references. Forwarding rewrites numbers, so they must be continuous
// and still mean the same frames.
class HeaderCheck {
 public:
  using Complain = absl::FunctionRef<void(const std::string&)>;

  // The first packet of a frame, in the order of the stream.
  void OnFrame(const FrameHeaders& headers, const PayloadMark& mark, const FrameLedger& ledger,
               Complain complain);
  // Any packet, also the first.
  void OnPacket(const FrameHeaders& headers, const PayloadMark& mark, bool last_of_frame,
                Complain complain) const;
  // Packets are missing before the next one: numbers may have gaps.
  void OnLoss();
  // A number was kept free for a packet that is not needed: its picture id may have been, too.
  void OnFiller() { picture_.reset(); }

 private:
  void CheckVp8(const Vp8Descriptor& now, const PayloadMark& mark, const FrameLedger& ledger,
                Complain complain);
  void CheckVp9(const Vp9Descriptor& now, const PayloadMark& mark, const FrameLedger& ledger,
                Complain complain);
  void CheckVp9References(const Vp9Descriptor& now, const PayloadMark& mark,
                          const FrameLedger& ledger, Complain complain) const;
  void CheckDependencies(const DependencyDescriptorReader::Packet& now, const PayloadMark& mark,
                         const FrameLedger& ledger, Complain complain);
  void CheckTl0(uint8_t now, bool base, Complain complain);

  struct Picture {
    uint32_t source = 0;
    uint8_t encoding = 0;
    uint16_t picture = 0;  // of the mark
    uint16_t id = 0;
  };
  Codec codec_ = Codec::kUnknown;
  std::optional<Picture> picture_;
  std::optional<uint8_t> tl0_;
  std::optional<uint16_t> frame_number_;
  std::optional<uint16_t> open_frame_number_;
};

}  // namespace stellwerk::synthetic
