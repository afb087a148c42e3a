#pragma once

#include <cstdint>

#include "rtc/base/inline_string.h"
#include "rtc/base/strong_int.h"

namespace stellwerk {

// Worker objects. The controller allocates every id and never gives one out twice within a worker's
// life.
using RouterId = StrongInt<struct RouterIdTag, uint32_t>;
using TransportId = StrongInt<struct TransportIdTag, uint32_t>;
using ProducerId = StrongInt<struct ProducerIdTag, uint32_t>;
using ConsumerId = StrongInt<struct ConsumerIdTag, uint32_t>;
using DataProducerId = StrongInt<struct DataProducerIdTag, uint32_t>;
using DataConsumerId = StrongInt<struct DataConsumerIdTag, uint32_t>;

// RFC 3550 §5.1: synchronisation source.
using Ssrc = StrongInt<struct SsrcTag, uint32_t>;
// RFC 3550 §5.1: 7 bits, 0..127.
using PayloadType = StrongInt<struct PayloadTypeTag, uint8_t>;
// RFC 8285: the local identifier of a header extension, 1..14 in the one-byte form, 1..255 in the
// two-byte form.
using ExtensionId = StrongInt<struct ExtensionIdTag, uint8_t>;
// Simulcast or spatial layer, 0 = the smallest; temporal layer, 0 = the base.
using SpatialLayer = StrongInt<struct SpatialLayerTag, uint8_t>;
using TemporalLayer = StrongInt<struct TemporalLayerTag, uint8_t>;
// RFC 8831: an SCTP stream, 0..65534.
using StreamId = StrongInt<struct StreamIdTag, uint16_t>;

// RFC 8843 §15 / RFC 8852: media identification and RTP stream id. Both travel in every packet's
// header, so what people use is a few bytes; longer ones are refused in the offer.
using Mid = InlineString<struct MidTag, 31>;
using Rid = InlineString<struct RidTag, 31>;

}  // namespace stellwerk
