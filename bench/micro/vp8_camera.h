#pragma once

#include "rtc/base/ids.h"
#include "rtc/base/media_parameters.h"

// What both fixed inputs of this folder send.
namespace stellwerk::bench {

inline constexpr PayloadType kVp8{96};
inline constexpr Ssrc kSourceSsrc{1000};

inline CodecParameters Vp8Codec() {
  CodecParameters codec;
  codec.codec = Codec::kVp8;
  codec.payload_type = kVp8;
  codec.rtx_payload_type = PayloadType(97);
  codec.nack = codec.pli = codec.transport_cc = true;
  return codec;
}

// One encoding, without header extensions.
inline ProducerParameters Vp8Camera() {
  ProducerParameters camera;
  camera.kind = MediaKind::kVideo;
  camera.mid = *Mid::From("0");
  camera.codecs = {Vp8Codec()};
  camera.encodings = {{.rid = {}, .ssrc = kSourceSsrc, .rtx_ssrc = Ssrc(1001)}};
  return camera;
}

}  // namespace stellwerk::bench
