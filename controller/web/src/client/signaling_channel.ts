import { systemClock, type Clock } from './clock.js';
import { Emitter } from './emitter.js';
import type { ClientMessage, ServerMessage } from './protocol.js';
import { parseServerMessage } from './server_message.js';

/** The part of WebSocket that is used here. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export type OpenSocket = (url: string) => Socket;

/** An `error` message of the server, or our own code for what happened to a request. */
export class SignalingError extends Error {
  constructor(
    /** bad_message, unsupported_version, unauthorized, room_full, not_found, offer_rejected, rate_limited, unavailable, internal;
     *  of our own: timeout, disconnected */
    readonly code: string,
    message: string,
  ) {
    super(message || code);
    this.name = 'SignalingError';
  }
}

export interface SignalingEvents {
  open: undefined;
  /** Everything that is no reply to a request. */
  message: ServerMessage;
  /** Only when the other side or the network ended the connection. */
  close: { readonly code: number };
  /** The server sent something that cannot be read; it is skipped. */
  fault: Error;
}

interface PendingRequest {
  resolve(reply: ServerMessage): void;
  reject(error: SignalingError): void;
  cancelTimeout(): void;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Opening and welcome together; a proxy that swallows the upgrade must not hold us forever. */
const OPEN_TIMEOUT_MS = 10_000;

/** One WebSocket connection: requests with their replies, and everything else as events. */
export class SignalingChannel extends Emitter<SignalingEvents> {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #cancelOpenTimeout: () => void;
  #nextId = 1;
  #opened = false;
  #closed = false;

  constructor(url: string, open: OpenSocket = openWebSocket, clock: Clock = systemClock) {
    super();
    this.#clock = clock;
    this.#socket = open(url);
    this.#socket.onopen = () => {
      this.#opened = true;
      this.emit('open', undefined);
    };
    this.#socket.onmessage = (event) => this.#handleText(event.data);
    this.#socket.onclose = (event) => this.#end(event.code);
    this.#cancelOpenTimeout = clock.after(OPEN_TIMEOUT_MS, () => this.#end(4000));
  }

  /** Sends a message that has no reply; without connection it is dropped. */
  send(message: ClientMessage): void {
    if (this.#opened && !this.#closed) this.#socket.send(JSON.stringify(message));
  }

  /** Sends a request; rejects with SignalingError on an error reply, a timeout or a lost connection. */
  request(message: ClientMessage): Promise<ServerMessage> {
    if (!this.#opened || this.#closed) {
      return Promise.reject(new SignalingError('disconnected', 'the server is not connected'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(REQUEST_TIMEOUT_MS, () => {
        this.#pending.delete(id);
        reject(new SignalingError('timeout', `no reply to ${message.type}`));
      });
      this.#pending.set(id, { resolve, reject, cancelTimeout });
      this.#socket.send(JSON.stringify({ ...message, id }));
    });
  }

  /** Ends the connection without a `close` event. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
  }

  #handleText(data: unknown): void {
    if (this.#closed) return;
    let message: ServerMessage | null;
    try {
      message = parseServerMessage(String(data));
    } catch (error) {
      this.emit('fault', error as Error);
      return;
    }
    if (!message) return;
    if (message.type === 'welcome') this.#cancelOpenTimeout();
    if ('id' in message && message.id !== null) {
      const pending = this.#pending.get(message.id);
      if (!pending) return;  // answered after its timeout
      this.#pending.delete(message.id);
      pending.cancelTimeout();
      if (message.type === 'error') {
        pending.reject(new SignalingError(message.code, message.message));
      } else {
        pending.resolve(message);
      }
      return;
    }
    this.emit('message', message);
  }

  #end(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.emit('close', { code });
  }

  #release(): void {
    this.#cancelOpenTimeout();
    for (const pending of this.#pending.values()) {
      pending.cancelTimeout();
      pending.reject(new SignalingError('disconnected', 'the connection was lost'));
    }
    this.#pending.clear();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }
}

function openWebSocket(url: string): Socket {
  return new WebSocket(url) as unknown as Socket;
}

/** The signalling address of the server that served the page. */
export function signalingUrl(page: { protocol: string; host: string }): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/signal`;
}
