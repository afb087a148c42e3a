import { CAMERA_ENCODINGS } from './simulcast.js';

export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';

/** How a camera is sent. Nothing set: three simulcast layers in the codec that the room prefers. */
export interface VideoOptions {
  /** This codec and no other, if the browser has it. */
  readonly codec?: VideoCodec;
  /** False: one stream; its layers, if any, are those of `scalabilityMode`. */
  readonly simulcast?: boolean;
  /**
   * Layers within each stream, as WebRTC-SVC names them: 'L3T3_KEY' (one stream), 'L1T3' (with
   * simulcast, and what it has by itself). Browsers without SVC ignore it.
   */
  readonly scalabilityMode?: string;
}

export interface VideoEncoding {
  readonly rid?: string;
  readonly scaleResolutionDownBy?: number;
  /** bit/s */
  readonly maxBitrate: number;
  readonly scalabilityMode?: string;
}

const SINGLE_STREAM_BITS_PER_SECOND = 2_300_000;

/** Without a mode Chromium makes one stream of all encodings of VP9, and gives H264 no temporal layers. */
const SIMULCAST_MODE = 'L1T3';

/** The sendEncodings of a camera, lowest quality first. */
export function cameraEncodings(options: VideoOptions): VideoEncoding[] {
  const simulcast = options.simulcast !== false;
  const usual = simulcast && options.codec !== undefined ? SIMULCAST_MODE : undefined;
  const scalabilityMode = options.scalabilityMode ?? usual;
  const mode = scalabilityMode !== undefined && { scalabilityMode };
  if (!simulcast) return [{ maxBitrate: SINGLE_STREAM_BITS_PER_SECOND, ...mode }];
  return CAMERA_ENCODINGS.map((layer) => ({ ...layer, ...mode }));
}

/** Restricts an m-line to one codec and its retransmissions; leaves it as it is without that codec. */
export function restrictCodec(
  transceiver: Pick<RTCRtpTransceiver, 'setCodecPreferences'>,
  codec: VideoCodec,
): void {
  const offered = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs ?? [];
  const isWanted = ({ mimeType }: { mimeType: string }): boolean =>
    mimeType.toLowerCase() === `video/${codec.toLowerCase()}`;
  if (!offered.some(isWanted) || !transceiver.setCodecPreferences) return;
  transceiver.setCodecPreferences([
    ...offered.filter(isWanted),
    ...offered.filter(({ mimeType }) => mimeType.toLowerCase() === 'video/rtx'),
  ]);
}
