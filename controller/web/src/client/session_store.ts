/** The part of sessionStorage that is used here. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface StoredSession {
  readonly identity: string;
  readonly secret: string;
}

/**
 * Identity and secret of a room, kept for the life of the tab: a reload comes back as the same
 * participant and takes the place of the connection before.
 */
export class SessionStore {
  readonly #key: string;

  constructor(
    room: string,
    private readonly store: KeyValueStore | null,
  ) {
    this.#key = `stellwerk.session.${room}`;
  }

  load(): StoredSession | null {
    try {
      const value = JSON.parse(this.store?.getItem(this.#key) ?? 'null') as Partial<StoredSession> | null;
      return typeof value?.identity === 'string' && typeof value.secret === 'string'
        ? { identity: value.identity, secret: value.secret }
        : null;
    } catch {
      return null;  // storage is switched off, or holds what another version wrote
    }
  }

  save(session: StoredSession): void {
    try {
      this.store?.setItem(this.#key, JSON.stringify(session));
    } catch {
      // Without storage a reload is a new participant; the call itself goes on.
    }
  }

  clear(): void {
    try {
      this.store?.removeItem(this.#key);
    } catch {
      // As above.
    }
  }
}
