import { systemClock, type Clock } from './clock.js';
import { Emitter } from './emitter.js';
import { fitsMessage, type ReceivedMessage } from './messages.js';
import { Peer, type LocalMediaTrack, type PeerOptions } from './peer.js';
import {
  PROTOCOL_VERSION,
  type ClientMessage,
  type Limits,
  type Participant,
  type ServerMessage,
  type SlotRequest,
  type TrackSource,
  type Welcome,
} from './protocol.js';
import type { ServerQuality } from './quality.js';
import { Recovery, type RecoveryAction } from './recovery.js';
import { Roster } from './roster.js';
import { SessionStore, type KeyValueStore } from './session_store.js';
import { SignalingChannel, SignalingError, type OpenSocket } from './signaling_channel.js';
import { SlotMap, type Slot } from './slot_map.js';
import { tabStorage } from './tab_storage.js';

export interface ConferenceOptions extends PeerOptions {
  /** ws:// or wss:// address; see signalingUrl(). */
  readonly url: string;
  readonly room: string;
  readonly name: string;
  readonly token?: string;
  /** Where identity and secret are kept over a reload; tabStorage() by default, null: nowhere. */
  readonly storage?: KeyValueStore | null;
  /**
   * The room's clients encrypt end to end, by transforms that `onSender` and `onReceiver` attach.
   * What the server negotiates then leaves it able to choose layers without reading payloads.
   */
  readonly endToEndEncrypted?: boolean;
  readonly openSocket?: OpenSocket;
  readonly clock?: Clock;
}

export type ConferenceState =
  | { readonly phase: 'idle' | 'connecting' | 'connected' | 'reconnecting' }
  /** Over for good; `reason` is left, a reason of the server's bye, or the code of its error. */
  | { readonly phase: 'ended'; readonly reason: string; readonly detail: string };

export interface ConferenceEvents {
  state: ConferenceState;
  participants: readonly Participant[];
  slots: readonly Slot[];
  /** Identities of those who speak now, loudest first; may contain our own. */
  speakers: readonly string[];
  message: ReceivedMessage;
  /** Something went wrong that the library repairs by itself; for logs. */
  warning: Error;
}

/** Trying again would only be refused again. */
const FINAL_ERRORS: ReadonlySet<string> = new Set([
  'unsupported_version',
  'unauthorized',
  'room_full',
  'bad_message',
  'not_found',
]);
const FINAL_BYES: ReadonlySet<string> = new Set(['replaced', 'removed', 'room_closed']);

const NO_TRACK: LocalMediaTrack = { track: null, muted: true };

/** One participant's stay in a room, over all breaks of the connection. */
export class Conference extends Emitter<ConferenceEvents> {
  readonly #options: ConferenceOptions;
  readonly #clock: Clock;
  readonly #session: SessionStore;
  readonly #roster = new Roster();
  readonly #slots = new SlotMap();
  readonly #recovery = new Recovery();
  readonly #local = new Map<TrackSource, LocalMediaTrack>();
  #state: ConferenceState = { phase: 'idle' };
  #identity: string | null = null;
  #limits: Limits = { audioSlots: 5, videoSlots: 9 };
  #channel: SignalingChannel | null = null;
  #peer: Peer | null = null;
  /** The server has, or will have, an offer of the present connection. */
  #offered = false;
  /** An offer was made whose answer is not in force. */
  #unanswered = false;
  /** The present signalling connection has let us in. */
  #welcomed = false;
  /** The present connection's offers are made one after the other; this is the end of the queue. */
  #negotiation: Promise<void> = Promise.resolve();
  #cancelTimer: () => void = () => {};

  constructor(options: ConferenceOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#session = new SessionStore(
      options.room,
      options.storage === undefined ? tabStorage() : options.storage,
    );
  }

  get state(): ConferenceState {
    return this.#state;
  }

  /** Our own identity; null before the first welcome. */
  get identity(): string | null {
    return this.#identity;
  }

  get participants(): readonly Participant[] {
    return this.#roster.participants;
  }

  get slots(): readonly Slot[] {
    return this.#slots.list();
  }

  join(): void {
    if (this.#state.phase !== 'idle') return;
    this.#setState({ phase: 'connecting' });
    globalThis.addEventListener?.('online', this.#handleNetworkChange);
    this.#openChannel();
  }

  leave(): void {
    this.#channel?.send({ type: 'leave' });
    this.#session.clear();
    this.#end('left', '');
  }

  /**
   * Sends `track` as `source` from now on (null: the device is off). A muted track stays with its
   * m-line and the others are told; nothing but a new source is renegotiated.
   */
  async publish(source: TrackSource, track: MediaStreamTrack | null, muted = false): Promise<void> {
    this.#local.set(source, { track, muted });
    if (track && source !== 'microphone') {
      track.contentHint = source === 'screen' ? 'detail' : 'motion';
    }
    const peer = this.#peer;
    if (!peer) return;
    if (track && peer.ensureSender(source)) {
      await peer.setTrack(source, track);
      this.#negotiate(peer, { iceRestart: false });
      return;
    }
    await peer.setTrack(source, track);
    await this.#sendTracks(peer);
  }

  /** Pins slots to participants, and says how large and how important their pictures are. */
  async view(slots: readonly SlotRequest[]): Promise<void> {
    if (slots.length === 0) return;
    await this.#channel?.request({ type: 'view', slots });
  }

  /** Sends a text to everyone (`to` null) or to one participant; false if it cannot be sent now. */
  send(text: string, to: string | null = null): boolean {
    return fitsMessage(text) && this.#peer !== null && this.#peer.send(text, to);
  }

  /** What the server says of the way to us and of each slot; rejects if it cannot be asked. */
  async serverQuality(): Promise<ServerQuality> {
    const reply = await this.#channel?.request({ type: 'stats' });
    if (reply?.type !== 'stats') throw new SignalingError('disconnected', 'no statistics');
    return reply.quality;
  }

  /** Statistics of the present RTCPeerConnection. */
  stats(): Promise<RTCStatsReport> | null {
    return this.#peer?.stats() ?? null;
  }

  #openChannel(): void {
    this.#channel?.close();
    const channel = new SignalingChannel(this.#options.url, this.#options.openSocket, this.#clock);
    this.#channel = channel;
    this.#welcomed = false;
    channel.on('open', () => channel.send(this.#hello()));
    channel.on('message', (message) => this.#handleMessage(message));
    channel.on('fault', (error) => this.emit('warning', error));
    channel.on('close', () => this.#run(this.#recovery.onSocketLost(this.#clock.now())));
  }

  #hello(): ClientMessage {
    const known = this.#session.load();
    return {
      type: 'hello',
      version: PROTOCOL_VERSION,
      room: this.#options.room,
      name: this.#options.name,
      ...(known && { identity: known.identity, secret: known.secret }),
      ...(this.#options.token !== undefined && { token: this.#options.token }),
      ...(this.#options.endToEndEncrypted && { e2ee: true }),
    };
  }

  #handleMessage(message: ServerMessage): void {
    if (this.#state.phase === 'ended') return;
    switch (message.type) {
      case 'welcome':
        this.#handleWelcome(message);
        break;
      case 'slots':
        this.#slots.update(message.slots);
        this.emit('slots', this.#slots.list());
        break;
      case 'speakers':
        this.emit('speakers', message.identities);
        break;
      case 'encodings':
        this.#peer?.setWantedEncodings(message.tracks).catch((error: Error) => {
          this.emit('warning', error);
        });
        break;
      case 'reconnect':
        // It speaks of the connection before if the present one is yet to be offered.
        if (this.#peer && !this.#offered) break;
        this.#run(this.#recovery.onReconnectRequest(this.#clock.now()));
        break;
      case 'bye':
        this.#handleBye(message.reason);
        break;
      case 'error':
        this.#handleError(new SignalingError(message.code, message.message));
        break;
      default:
        if (message.type === 'left') {
          this.#slots.release(message.identity);
          this.emit('slots', this.#slots.list());
        }
        if (this.#roster.handle(message, this.#identity)) {
          this.emit('participants', this.#roster.participants);
        }
    }
  }

  #handleWelcome(welcome: Welcome): void {
    this.#welcomed = true;
    this.#identity = welcome.identity;
    this.#limits = welcome.limits;
    this.#session.save({ identity: welcome.identity, secret: welcome.secret });
    this.#roster.handle(welcome, welcome.identity);
    this.emit('participants', this.#roster.participants);
    if (welcome.resumed && this.#peer?.connected) {
      this.#run(this.#recovery.onResumed());
      // Somebody may have muted in the meantime, or begun to share a screen.
      if (this.#unanswered) this.#negotiate(this.#peer, { iceRestart: false });
      else void this.#sendTracks(this.#peer);
      return;
    }
    this.#run(this.#recovery.onWelcome(this.#clock.now()));
    this.#rebuildPeer();
  }

  #handleBye(reason: string): void {
    if (FINAL_BYES.has(reason)) {
      this.#end(reason, '');
      return;
    }
    // A server that shuts down says bye, too; its successor takes us back.
    this.#channel?.close();
    this.#run(this.#recovery.onSocketLost(this.#clock.now()));
  }

  /** An error that answers no request is about the hello. */
  #handleError(error: SignalingError): void {
    this.emit('warning', error);
    if (this.#welcomed) return;
    // A secret from before a restart of the server, or an identity that is somebody else's now.
    const stale = error.code === 'unauthorized' && this.#session.load() !== null;
    if (stale) this.#session.clear();
    if (FINAL_ERRORS.has(error.code) && !stale) {
      this.#end(error.code, error.message);
      return;
    }
    this.#channel?.close();
    this.#run(this.#recovery.onSocketLost(this.#clock.now()));
  }

  #rebuildPeer(): void {
    this.#peer?.close();
    this.#slots.clear();
    this.#offered = false;
    // A closed connection may leave its promises open for ever; nothing waits for them.
    this.#negotiation = Promise.resolve();
    const peer = new Peer(this.#options, this.#limits, {
      onState: (state) => this.#run(this.#recovery.onPeerState(state, this.#clock.now())),
      onMessage: (message) => this.emit('message', message),
    });
    this.#peer = peer;
    for (const [source, { track }] of this.#local) {
      if (track) {
        peer.ensureSender(source);
        peer.setTrack(source, track).catch((error: Error) => this.emit('warning', error));
      }
    }
    this.emit('slots', this.#slots.list());
    this.#negotiate(peer, { iceRestart: false });
  }

  #negotiate(peer: Peer, options: { iceRestart: boolean }): void {
    this.#negotiation = this.#negotiation.then(async () => {
      if (peer !== this.#peer || !this.#channel) return;  // overtaken by a newer connection
      try {
        await this.#offer(peer, this.#channel, options);
      } catch (error) {
        if (peer !== this.#peer) return;
        this.emit('warning', error as Error);
        await peer.rollback().catch(() => {});
        this.#run(this.#recovery.onOfferFailed(this.#clock.now()));
      }
    });
  }

  async #offer(peer: Peer, channel: SignalingChannel, options: { iceRestart: boolean }): Promise<void> {
    const sdp = await peer.createOffer(options);
    if (peer !== this.#peer || channel !== this.#channel) return;  // overtaken meanwhile
    this.#offered = true;
    this.#unanswered = true;
    for (const { mid, kind, track } of peer.slots()) this.#slots.setMedia(mid, kind, track);
    const answered = channel.request({ type: 'offer', sdp });
    void this.#sendTracks(peer);  // at once: the others see what is muted before the first frame
    const reply = await answered;
    if (reply.type !== 'answer') throw new SignalingError('internal', `offer got ${reply.type}`);
    await peer.setAnswer(reply.sdp);
    this.#unanswered = false;
    this.emit('slots', this.#slots.list());
  }

  async #sendTracks(peer: Peer): Promise<void> {
    const tracks = peer.localTracks((source) => this.#local.get(source) ?? NO_TRACK);
    if (tracks.length === 0) return;
    try {
      await this.#channel?.request({ type: 'tracks', tracks });
    } catch (error) {
      // After a lost connection the next offer is followed by them again.
      this.emit('warning', error as Error);
    }
  }

  #run(action: RecoveryAction): void {
    if (this.#state.phase === 'ended') return;
    if (action === 'reopen_socket') this.#openChannel();
    if (action === 'rebuild_peer') this.#rebuildPeer();
    if (action === 'restart_ice' && this.#peer) this.#negotiate(this.#peer, { iceRestart: true });
    if (this.#recovery.healthy) {
      this.#setState({ phase: 'connected' });
    } else if (this.#state.phase === 'connected') {
      this.#setState({ phase: 'reconnecting' });
    }
    this.#armTimer();
  }

  #armTimer(): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    const deadline = this.#recovery.nextTimeout;
    if (deadline === null) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () =>
      this.#run(this.#recovery.handleTimeout(this.#clock.now())),
    );
  }

  readonly #handleNetworkChange = (): void => {
    this.#run(this.#recovery.onNetworkChange(this.#clock.now()));
  };

  #setState(state: ConferenceState): void {
    if (this.#state.phase === state.phase) return;
    this.#state = state;
    this.emit('state', state);
  }

  #end(reason: string, detail: string): void {
    if (this.#state.phase === 'ended') return;
    this.#cancelTimer();
    globalThis.removeEventListener?.('online', this.#handleNetworkChange);
    this.#channel?.close();
    this.#peer?.close();
    this.#channel = null;
    this.#peer = null;
    this.#slots.clear();
    this.#setState({ phase: 'ended', reason, detail });
  }
}
