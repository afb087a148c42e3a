#pragma once

#include "bench/synthetic/payload_head.h"
#include "rtc/base/byte_writer.h"

namespace stellwerk::synthetic {

// RFC 9628 §4.2, with the scalability structure in the first packet of a keyframe.
void WriteVp9PayloadDescriptor(const PayloadHeadContext& context, ByteWriter& out);

}  // namespace stellwerk::synthetic
