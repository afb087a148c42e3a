#include "bench/synthetic/header_check.h"

#include <algorithm>

namespace stellwerk::synthetic {
namespace {

constexpr uint16_t kPictureIdMask = 0x7FFF;

bool IsSamePicture(const FrameLedger::Entry& entry, const PayloadMark& mark) {
  return entry.picture == mark.picture;
}

}  // namespace

void HeaderCheck::OnLoss() {
  picture_.reset();
  tl0_.reset();
}

void HeaderCheck::OnFrame(const FrameHeaders& headers, const PayloadMark& mark,
                          const FrameLedger& ledger, Complain complain) {
  if (headers.codec != codec_) OnLoss();
  codec_ = headers.codec;
  if (headers.vp8) CheckVp8(*headers.vp8, mark, ledger, complain);
  if (headers.vp9) CheckVp9(*headers.vp9, mark, ledger, complain);
  open_frame_number_.reset();
  if (headers.dependencies) {
    open_frame_number_ = headers.dependencies->dependencies.frame_number;
    CheckDependencies(*headers.dependencies, mark, ledger, complain);
  }
}

void HeaderCheck::OnPacket(const FrameHeaders& headers, const PayloadMark& mark, bool last_of_frame,
                           Complain complain) const {
  const bool first = mark.packet == 0;
  if (headers.vp8) {
    if (headers.vp8->start_of_frame() != first) complain("VP8's S is not at the frame's beginning");
    if (first && headers.vp8_keyframe != mark.keyframe) complain("VP8's P is another");
    if (picture_ && headers.vp8->picture_id && headers.vp8->picture_id != picture_->id) {
      complain("picture id changes within a frame");
    }
  }
  if (headers.vp9) {
    if (headers.vp9->start_of_frame != first) complain("VP9's B is not at the frame's beginning");
    if (headers.vp9->end_of_frame != last_of_frame) complain("VP9's E is not at the frame's end");
    if (picture_ && headers.vp9->picture_id && headers.vp9->picture_id != picture_->id) {
      complain("picture id changes within a frame");
    }
  }
  if (headers.dependencies) {
    const FrameDependencies& now = headers.dependencies->dependencies;
    if (now.start_of_frame != first || now.end_of_frame != last_of_frame) {
      complain("the dependency descriptor begins or ends the frame elsewhere");
    }
    if (open_frame_number_ && now.frame_number != *open_frame_number_) {
      complain("frame number changes within a frame");
    }
  }
}

void HeaderCheck::CheckTl0(uint8_t now, bool base, Complain complain) {
  if (tl0_) {
    const auto expected = static_cast<uint8_t>(*tl0_ + (base ? 1 : 0));
    if (now != expected) {
      complain("tl0picidx " + std::to_string(now) + " instead of " + std::to_string(expected));
    }
  }
  tl0_ = now;
}

void HeaderCheck::CheckVp8(const Vp8Descriptor& now, const PayloadMark& mark,
                           const FrameLedger& ledger, Complain complain) {
  if (now.picture_id) {
    const uint16_t mask = now.long_picture_id ? kPictureIdMask : 0x7F;
    if (picture_ && ((*now.picture_id - picture_->id) & mask) != 1) {
      complain("picture id " + std::to_string(*now.picture_id) + " after " +
               std::to_string(picture_->id));
    }
    picture_ = Picture{mark.source, mark.encoding, mark.picture, *now.picture_id};
  }
  if (now.tl0_picture_index) {
    const bool base = !now.temporal_layer || now.temporal_layer->value() == 0;
    CheckTl0(*now.tl0_picture_index, base, complain);
  }
  if (!now.temporal_layer) return;
  if (now.temporal_layer->value() != mark.temporal) complain("VP8's TID is another");
  for (uint8_t i = 0; now.layer_sync && i < mark.reference_count; ++i) {
    const FrameLedger::Entry* entry = ledger.Find(mark, mark.references[i]);
    if (entry != nullptr && entry->temporal > 0) complain("VP8's Y is set without reason");
  }
}

void HeaderCheck::CheckVp9(const Vp9Descriptor& now, const PayloadMark& mark,
                           const FrameLedger& ledger, Complain complain) {
  if (!now.picture_id || !now.has_layer_indices) {
    complain("VP9 without a picture id or layer indices");
    return;
  }
  const bool continues = picture_ && picture_->source == mark.source &&
                         picture_->encoding == mark.encoding && picture_->picture == mark.picture;
  if (picture_) {
    const auto step = static_cast<uint16_t>((*now.picture_id - picture_->id) & kPictureIdMask);
    const bool same_run = picture_->source == mark.source && picture_->encoding == mark.encoding;
    const auto true_step = static_cast<uint16_t>(mark.picture - picture_->picture);
    // Forward at least. Without keyframe between them the distance counts: references go by it.
    const bool wrong = continues                    ? step != 0
                       : same_run && !mark.keyframe ? step != true_step
                                                    : step == 0 || step > kPictureIdMask / 2;
    if (wrong) {
      complain("picture id " + std::to_string(*now.picture_id) + " after " +
               std::to_string(picture_->id));
    }
  }
  picture_ = Picture{mark.source, mark.encoding, mark.picture, *now.picture_id};
  if (now.temporal_layer.value() != mark.temporal || now.spatial_layer.value() != mark.spatial) {
    complain("VP9's TID or SID is another");
  }
  if (now.tl0_picture_index && !continues) {
    CheckTl0(*now.tl0_picture_index, mark.temporal == 0, complain);
  }
  if (mark.keyframe && mark.spatial == 0 && !now.has_scalability_structure) {
    complain("a VP9 keyframe without its scalability structure");
  }
  CheckVp9References(now, mark, ledger, complain);
}

void HeaderCheck::CheckVp9References(const Vp9Descriptor& now, const PayloadMark& mark,
                                     const FrameLedger& ledger, Complain complain) const {
  const auto differences = std::span(now.reference_differences).first(now.reference_count);
  bool inter_layer = false;
  std::size_t inter_picture = 0;
  for (uint8_t i = 0; i < mark.reference_count; ++i) {
    const FrameLedger::Entry* entry = ledger.Find(mark, mark.references[i]);
    if (entry == nullptr) return;  // it is missing, and counted as such
    if (IsSamePicture(*entry, mark)) {
      inter_layer = true;
      continue;
    }
    ++inter_picture;
    if (!now.flexible_mode || !entry->picture_id) continue;
    const auto difference =
        static_cast<uint16_t>((*now.picture_id - *entry->picture_id) & kPictureIdMask);
    if (std::find(differences.begin(), differences.end(), difference) == differences.end()) {
      complain("VP9's P_DIFF misses a reference");
    }
  }
  if (now.inter_layer_predicted != inter_layer) complain("VP9's D is another");
  if (now.inter_picture_predicted != (inter_picture > 0)) complain("VP9's P is another");
  if (now.flexible_mode && differences.size() != inter_picture) {
    complain("VP9's P_DIFF names too much");
  }
}

void HeaderCheck::CheckDependencies(const DependencyDescriptorReader::Packet& now,
                                    const PayloadMark& mark, const FrameLedger& ledger,
                                    Complain complain) {
  const FrameDependencies& frame = now.dependencies;
  if (frame_number_) {
    const auto step = static_cast<uint16_t>(frame.frame_number - *frame_number_);
    if (step == 0 || step > 0x7FFF) {
      complain("frame number " + std::to_string(frame.frame_number) + " after " +
               std::to_string(*frame_number_));
    }
  }
  frame_number_ = frame.frame_number;
  if (frame.frame.spatial != mark.spatial || frame.frame.temporal != mark.temporal) {
    complain("the dependency descriptor names another layer");
  }
  if (mark.keyframe && mark.reference_count == 0 && !now.structure_attached) {
    complain("a keyframe without its dependency structure");
  }
  if (frame.frame.frame_diffs.size() != mark.reference_count) {
    complain("the dependency descriptor names another number of references");
  }
  for (uint8_t i = 0; i < mark.reference_count; ++i) {
    const FrameLedger::Entry* entry = ledger.Find(mark, mark.references[i]);
    if (entry == nullptr || !entry->frame_number) continue;
    const auto difference = static_cast<uint16_t>(frame.frame_number - *entry->frame_number);
    if (std::find(frame.frame.frame_diffs.begin(), frame.frame.frame_diffs.end(), difference) ==
        frame.frame.frame_diffs.end()) {
      complain("the dependency descriptor misses a reference");
    }
  }
}

}  // namespace stellwerk::synthetic
