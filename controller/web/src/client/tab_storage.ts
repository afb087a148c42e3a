import type { KeyValueStore } from './session_store.js';

/** The part of a window that is used here. */
export interface PageEvents {
  addEventListener(type: 'pagehide' | 'pageshow', listener: () => void): void;
}

/**
 * Values that survive a reload but do not follow into a duplicate of the tab. Browsers copy
 * sessionStorage for that, and two tabs with one secret throw each other out of the room. So a
 * living page keeps the values in memory only, and hands them to its successor when it goes away.
 */
export class TabStorage implements KeyValueStore {
  readonly #values = new Map<string, string>();

  constructor(
    private readonly storage: KeyValueStore,
    page: PageEvents,
  ) {
    page.addEventListener('pagehide', this.#handOver);
    // Back from the browser's back/forward cache: this page lives again.
    page.addEventListener('pageshow', this.#takeBack);
  }

  /** Takes what the page before left, so that nobody else finds it. */
  getItem(key: string): string | null {
    const held = this.#values.get(key);
    if (held !== undefined) return held;
    const value = this.storage.getItem(key);
    if (value === null) return null;
    this.#values.set(key, value);
    this.storage.removeItem(key);
    return value;
  }

  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }

  removeItem(key: string): void {
    this.#values.delete(key);
    this.storage.removeItem(key);
  }

  readonly #handOver = (): void => {
    try {
      for (const [key, value] of this.#values) this.storage.setItem(key, value);
    } catch {
      // Full or switched off: the next page begins anew.
    }
  };

  readonly #takeBack = (): void => {
    try {
      for (const key of this.#values.keys()) this.storage.removeItem(key);
    } catch {
      // As above.
    }
  };
}

let ofThisTab: TabStorage | null | undefined;

/** The one storage of this tab; null where there is no sessionStorage. */
export function tabStorage(): KeyValueStore | null {
  if (ofThisTab === undefined) {
    try {
      ofThisTab = globalThis.sessionStorage ? new TabStorage(sessionStorage, globalThis) : null;
    } catch {
      ofThisTab = null;  // switched off
    }
  }
  return ofThisTab;
}
