interface HeaderExtension {
  readonly uri: string;
  readonly direction: RTCRtpTransceiverDirection;
}

/** WebRTC Extensions §5; Chromium only so far. */
interface ExtensionControl {
  getHeaderExtensionsToNegotiate?(): HeaderExtension[];
  setHeaderExtensionsToNegotiate?(extensions: HeaderExtension[]): void;
}

const EXPERIMENTS = 'http://www.webrtc.org/experiments/rtp-hdrext';

/** What the server uses and Chromium does not offer everywhere by itself. */
const WANTED: ReadonlySet<string> = new Set([
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  `${EXPERIMENTS}/video-layers-allocation00`,
  `${EXPERIMENTS}/abs-capture-time`,
]);

/** What no answer of the server takes; left out, so that all others have the short ids up to 14. */
const USELESS: ReadonlySet<string> = new Set([
  'urn:ietf:params:rtp-hdrext:toffset',
  `${EXPERIMENTS}/video-content-type`,
  `${EXPERIMENTS}/video-timing`,
  `${EXPERIMENTS}/color-space`,
]);

/** Offers the header extensions that layers and synchronous playout profit from. */
export function chooseHeaderExtensions(transceiver: RTCRtpTransceiver & ExtensionControl): void {
  const present = transceiver.getHeaderExtensionsToNegotiate?.();
  if (!present) return;
  transceiver.setHeaderExtensionsToNegotiate?.(
    present.map((extension) => {
      if (WANTED.has(extension.uri)) return { ...extension, direction: 'sendrecv' };
      if (USELESS.has(extension.uri)) return { ...extension, direction: 'stopped' };
      return extension;
    }),
  );
}
