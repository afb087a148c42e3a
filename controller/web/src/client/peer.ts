import { EncodingSwitch } from './encoding_switch.js';
import { chooseHeaderExtensions } from './header_extensions.js';
import {
  BROADCAST_LABEL,
  channelOrigin,
  directLabel,
  type ReceivedMessage,
} from './messages.js';
import type { PeerState } from './recovery.js';
import type { Limits, LocalTrack, TrackKind, TrackSource, WantedEncodings } from './protocol.js';
import { cameraEncodings, restrictCodec, type VideoOptions } from './video_options.js';

/** A track of ours; null while the device is off or missing. */
export interface LocalMediaTrack {
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
}

export interface PeerHandlers {
  onState(state: PeerState): void;
  onMessage(message: ReceivedMessage): void;
}

/** What a connection is made with; all optional. */
export interface PeerOptions {
  readonly rtcConfiguration?: RTCConfiguration;
  readonly camera?: VideoOptions;
  /** Called once for each, before anything is sent: the place to attach an RTCRtpScriptTransform. */
  readonly onSender?: (sender: RTCRtpSender, source: TrackSource) => void;
  readonly onReceiver?: (receiver: RTCRtpReceiver, kind: TrackKind) => void;
}

interface Sender {
  readonly source: TrackSource;
  readonly transceiver: RTCRtpTransceiver;
  readonly encodings: EncodingSwitch;
}

/** A shared screen is sent in one layer: a text that is scaled down cannot be read. */
const SCREEN_ENCODINGS = [{ maxBitrate: 2_500_000 }];

const BEFORE_SEND_BUFFER_BYTES = 1 << 20;

/**
 * One RTCPeerConnection for both directions. We always offer: what we send, a number of receiving
 * m-lines (the server's slots) and a data channel; the server only ever answers.
 */
export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #options: PeerOptions;
  readonly #handlers: PeerHandlers;
  readonly #senders: Sender[] = [];
  readonly #receivers: RTCRtpTransceiver[] = [];
  readonly #channels = new Map<string, RTCDataChannel>();

  constructor(options: PeerOptions, limits: Limits, handlers: PeerHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#connection = new RTCPeerConnection({
      ...options.rtcConfiguration,
      bundlePolicy: 'max-bundle',
    });
    this.#connection.onconnectionstatechange = () => {
      handlers.onState(this.#connection.connectionState);
    };
    this.#connection.ondatachannel = (event) => this.#receive(event.channel);

    this.#addSender('microphone');
    this.#addSender('camera');
    for (let i = 0; i < limits.audioSlots; ++i) this.#addReceiver('audio');
    for (let i = 0; i < limits.videoSlots; ++i) this.#addReceiver('video');
    this.#openChannel(BROADCAST_LABEL);
  }

  get connected(): boolean {
    return this.#connection.connectionState === 'connected';
  }

  /** Makes and sets the next offer. Its candidates are not waited for: the server needs none. */
  async createOffer(options: { iceRestart: boolean }): Promise<string> {
    await this.#connection.setLocalDescription(
      await this.#connection.createOffer({ iceRestart: options.iceRestart }),
    );
    return this.#connection.localDescription?.sdp ?? '';
  }

  async setAnswer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
    // An answer may have brought encodings anew.
    await Promise.all(this.#senders.map(({ encodings }) => encodings.apply()));
  }

  /** Back to the state before an offer that was refused. */
  async rollback(): Promise<void> {
    if (this.#connection.signalingState === 'have-local-offer') {
      await this.#connection.setLocalDescription({ type: 'rollback' });
    }
  }

  /** Adds the m-line for a source that has none yet; true if that needs a new offer. */
  ensureSender(source: TrackSource): boolean {
    if (this.#senders.some((sender) => sender.source === source)) return false;
    this.#addSender(source);
    return true;
  }

  async setTrack(source: TrackSource, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#senders.find((candidate) => candidate.source === source);
    if (sender && sender.transceiver.sender.track !== track) {
      await sender.transceiver.sender.replaceTrack(track);
    }
  }

  /** Sends of our encodings those that somebody watches. */
  async setWantedEncodings(tracks: readonly WantedEncodings[]): Promise<void> {
    await Promise.all(
      tracks.map(({ mid, rids }) =>
        this.#senders.find(({ transceiver }) => transceiver.mid === mid)?.encodings.want(rids),
      ),
    );
  }

  /** What the m-lines we send on are; valid once an offer was made. */
  localTracks(state: (source: TrackSource) => LocalMediaTrack): LocalTrack[] {
    return this.#senders.flatMap(({ source, transceiver }) => {
      const { track, muted } = state(source);
      return transceiver.mid === null
        ? []
        : [{ mid: transceiver.mid, source, muted: muted || track === null }];
    });
  }

  /** The receiving m-lines; valid once an offer was made. */
  slots(): { mid: string; kind: TrackKind; track: MediaStreamTrack }[] {
    return this.#receivers.flatMap((transceiver) => {
      const track = transceiver.receiver.track;
      return transceiver.mid === null
        ? []
        : [{ mid: transceiver.mid, kind: track.kind as TrackKind, track }];
    });
  }

  /**
   * Sends a text to everyone, or to one participant.
   * @returns false if the channel cannot take it now (too much is waiting already)
   */
  send(text: string, to: string | null): boolean {
    const label = to === null ? BROADCAST_LABEL : directLabel(to);
    const channel = this.#channels.get(label) ?? this.#openChannel(label);
    if (channel.readyState === 'connecting') {
      channel.addEventListener('open', () => channel.send(text), { once: true });
      return true;
    }
    if (channel.readyState !== 'open') return false;
    if (channel.bufferedAmount > BEFORE_SEND_BUFFER_BYTES) return false;
    channel.send(text);
    return true;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.#connection.ondatachannel = null;
    this.#connection.close();
  }

  #addSender(source: TrackSource): void {
    const camera = this.#options.camera ?? {};
    const transceiver = this.#connection.addTransceiver(
      source === 'microphone' ? 'audio' : 'video',
      {
        direction: 'sendonly',
        streams: [new MediaStream()],
        ...(source === 'camera' && { sendEncodings: cameraEncodings(camera) }),
        ...(source === 'screen' && { sendEncodings: SCREEN_ENCODINGS }),
      },
    );
    if (source === 'camera' && camera.codec) restrictCodec(transceiver, camera.codec);
    chooseHeaderExtensions(transceiver);
    this.#options.onSender?.(transceiver.sender, source);
    this.#senders.push({ source, transceiver, encodings: new EncodingSwitch(transceiver.sender) });
  }

  #addReceiver(kind: TrackKind): void {
    const transceiver = this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    chooseHeaderExtensions(transceiver);
    this.#options.onReceiver?.(transceiver.receiver, kind);
    this.#receivers.push(transceiver);
  }

  #openChannel(label: string): RTCDataChannel {
    const channel = this.#connection.createDataChannel(label, { ordered: true });
    channel.onclose = () => {
      if (this.#channels.get(label) === channel) this.#channels.delete(label);
    };
    this.#channels.set(label, channel);
    return channel;
  }

  #receive(channel: RTCDataChannel): void {
    const origin = channelOrigin(channel.label, channel.protocol);
    if (!origin) return;
    channel.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string') {
        this.#handlers.onMessage({ ...origin, text: event.data });
      }
    };
  }
}
