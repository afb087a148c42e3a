/** One simulcast layer; the structure RTCRtpTransceiverInit takes in sendEncodings. */
export interface SimulcastEncoding {
  readonly rid: string;
  readonly scaleResolutionDownBy: number;
  /** bit/s */
  readonly maxBitrate: number;
}

/**
 * Three layers, lowest first as RFC 8853 simulcast offers list them here: quarter, half and full
 * size. At 1280x720 that is 180p, 360p and 720p, each at a rate that looks clean in VP8.
 */
export const CAMERA_ENCODINGS: readonly SimulcastEncoding[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
];

/**
 * The height to ask for when a picture is shown `shownHeight` device pixels high: a tenth too small is
 * not visible, and keeps a layout change from switching back and forth.
 */
export function demandedHeight(shownHeight: number): number {
  return Math.min(Math.max(Math.round(shownHeight / 1.1), 1), 65_535);
}
