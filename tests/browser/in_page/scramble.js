/**
 * What stands for end-to-end encryption: every byte that the formats let one touch is changed, and a
 * second application restores it. Not a cipher; the server is to be shown bytes without meaning.
 */
const mask = (position) => ((position * 167) ^ (position >> 3) ^ 0xa5) & 0xff || 0x5a;

function scrambleRange(bytes, from, to) {
  for (let i = from; i < to; ++i) bytes[i] ^= mask(i - from);
}

/** AV1 §5.3: all but the headers and sizes of the OBUs, which packetizers read. */
function scrambleAv1(bytes) {
  let at = 0;
  while (at < bytes.length) {
    const header = bytes[at];
    at += header & 4 ? 2 : 1;  // obu_extension_flag
    let size = bytes.length - at;
    if (header & 2) {  // obu_has_size_field
      size = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        size += (byte & 0x7f) * 2 ** shift;
        if (!(byte & 0x80) || shift >= 49) break;
      }
    }
    const end = Math.min(at + size, bytes.length);
    scrambleRange(bytes, at, end);
    at = end;
  }
  return bytes;
}

/** The start and end of each NAL unit of an Annex B stream, without start codes. */
function nalUnits(bytes) {
  const units = [];
  for (let i = 0; i + 2 < bytes.length; ++i) {
    if (bytes[i] !== 0 || bytes[i + 1] !== 0 || bytes[i + 2] !== 1) continue;
    if (units.length > 0) units.at(-1).end = bytes[i - 1] === 0 ? i - 1 : i;
    units.push({ start: i + 3, end: bytes.length });
    i += 2;
  }
  return units;
}

/** H.264 §7.4.1.1. */
function escape(bytes) {
  const out = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros === 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out;
}
function unescape(bytes) {
  const out = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros === 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out;
}

// Of slices the header too, as far as depacketizers read it, and the last byte, which must not be 0.
const SLICE_HEADER_BYTES = 6;
const PARAMETER_SETS = [7, 8];

function scrambleH264(bytes) {
  const out = [];
  for (const { start, end } of nalUnits(bytes)) {
    const unit = bytes.subarray(start, end);
    out.push(0, 0, 0, 1);
    if (PARAMETER_SETS.includes(unit[0] & 31) || unit.length <= SLICE_HEADER_BYTES + 1) {
      for (const byte of unit) out.push(byte);
      continue;
    }
    const plain = Uint8Array.from(unescape(unit));
    scrambleRange(plain, SLICE_HEADER_BYTES, plain.length - 1);
    for (const byte of escape(plain)) out.push(byte);
  }
  return Uint8Array.from(out);
}

/** RFC 6386 §9.1: what depacketizers without a Dependency Descriptor read of a frame. */
const vp8HeaderBytes = (bytes) => (bytes[0] & 1 ? 3 : 10);

/** `how`: 'whole', or the headers that are kept: 'vp8', 'av1', 'h264'. */
export function scramble(buffer, how) {
  const bytes = new Uint8Array(buffer);
  if (how === 'av1') return scrambleAv1(bytes).buffer;
  if (how === 'h264') return scrambleH264(bytes).buffer;
  scrambleRange(bytes, how === 'vp8' ? vp8HeaderBytes(bytes) : 0, bytes.length);
  return bytes.buffer;
}
