import { Backoff } from './backoff.js';

/** What the conference must do now. */
export type RecoveryAction =
  | 'none'
  /** Offer again on the same RTCPeerConnection with new ICE credentials. */
  | 'restart_ice'
  /** Make a new RTCPeerConnection and offer it on the present signalling connection. */
  | 'rebuild_peer'
  /** Open a new signalling connection; the welcome brings a new RTCPeerConnection. */
  | 'reopen_socket';

export type PeerState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

type Phase =
  | 'idle'
  | 'socket_lost'
  | 'connecting'
  | 'connected'
  | 'suspect'
  | 'restarting'
  | 'retry';

/** A short gap often heals by itself (a phone changes cells). */
const DISCONNECT_GRACE_MS = 2_000;
/** ICE restart: the checks and one round trip of signalling. */
const RESTART_MS = 8_000;
/** ICE and DTLS of a new connection. */
const CONNECT_MS = 15_000;
/** After that many refused offers the signalling connection itself is renewed. */
const OFFERS_BEFORE_REOPEN = 3;

/**
 * Decides how to come back after a break, without clock and network: events and the present time
 * in (ms), an action out. `nextTimeout` says when `handleTimeout` wants to be called.
 */
export class Recovery {
  #phase: Phase = 'idle';
  #deadline: number | null = null;
  #failedOffers = 0;

  constructor(private readonly backoff: Backoff = new Backoff()) {}

  get nextTimeout(): number | null {
    return this.#deadline;
  }

  /** True while nothing is known to be wrong. */
  get healthy(): boolean {
    return this.#phase === 'connected' || this.#phase === 'suspect';
  }

  onSocketLost(now: number): RecoveryAction {
    return this.#enter('socket_lost', now + this.backoff.next());
  }

  /** The signalling connection stands, a new RTCPeerConnection starts. */
  onWelcome(now: number): RecoveryAction {
    this.#failedOffers = 0;
    return this.#enter('connecting', now + CONNECT_MS);
  }

  /** The signalling connection is back, and the media never stopped. */
  onResumed(): RecoveryAction {
    this.backoff.reset();
    return this.#enter('connected', null);
  }

  /** The server's wish: the worker that carried us is gone. */
  onReconnectRequest(now: number): RecoveryAction {
    if (this.#phase === 'socket_lost') return 'none';
    this.#enter('connecting', now + CONNECT_MS);
    return 'rebuild_peer';
  }

  onOfferFailed(now: number): RecoveryAction {
    if (this.#phase === 'socket_lost') return 'none';
    this.#failedOffers += 1;
    if (this.#failedOffers >= OFFERS_BEFORE_REOPEN) {
      this.#enter('socket_lost', now + this.backoff.next());
      return 'none';
    }
    return this.#enter('retry', now + this.backoff.next());
  }

  onPeerState(state: PeerState, now: number): RecoveryAction {
    // While another way back is under way, the old connection's fate is of no interest.
    if (this.#phase === 'socket_lost' || this.#phase === 'retry' || this.#phase === 'idle') {
      return 'none';
    }
    switch (state) {
      case 'connected':
        this.backoff.reset();
        this.#failedOffers = 0;
        return this.#enter('connected', null);
      case 'disconnected':
        return this.#phase === 'connected'
          ? this.#enter('suspect', now + DISCONNECT_GRACE_MS)
          : 'none';
      case 'failed':
        if (this.#phase === 'connected' || this.#phase === 'suspect') return this.#restart(now);
        return this.#enter('socket_lost', now + this.backoff.next());
      default:
        return 'none';
    }
  }

  /** The browser says that the network is back or another one. */
  onNetworkChange(now: number): RecoveryAction {
    if (this.#phase === 'socket_lost' || this.#phase === 'retry') return this.handleTimeout(now, true);
    return this.#phase === 'suspect' ? this.#restart(now) : 'none';
  }

  handleTimeout(now: number, early = false): RecoveryAction {
    if (this.#deadline === null || (now < this.#deadline && !early)) return 'none';
    switch (this.#phase) {
      case 'suspect':
        return this.#restart(now);
      case 'retry':
        this.#enter('connecting', now + CONNECT_MS);
        return 'rebuild_peer';
      case 'socket_lost':
        // The attempt itself has a time limit in the channel, which then reports a lost socket.
        this.#enter('socket_lost', null);
        return 'reopen_socket';
      case 'connecting':
      case 'restarting':
        this.#enter('socket_lost', null);
        return 'reopen_socket';
      default:
        return 'none';
    }
  }

  #restart(now: number): RecoveryAction {
    this.#enter('restarting', now + RESTART_MS);
    return 'restart_ice';
  }

  #enter(phase: Phase, deadline: number | null): RecoveryAction {
    this.#phase = phase;
    this.#deadline = deadline;
    return 'none';
  }
}
