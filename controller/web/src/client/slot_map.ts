import type { SlotStatus, SlotUpdate, TrackKind } from './protocol.js';

/** A receiving m-line and whom it shows at present. */
export interface Slot<Media = MediaStreamTrack> {
  readonly mid: string;
  readonly kind: TrackKind;
  readonly media: Media;
  readonly identity: string | null;
  readonly track: string | null;
  readonly status: SlotStatus;
}

/**
 * Joins what the browser knows (mid -> received track) with what the server says (mid -> source).
 * The server may speak of a mid before the browser has it, so both are kept until they meet.
 */
export class SlotMap<Media = MediaStreamTrack> {
  readonly #media = new Map<string, { kind: TrackKind; media: Media }>();
  readonly #sources = new Map<string, SlotUpdate>();

  /** A new RTCPeerConnection begins: all mids are void. */
  clear(): void {
    this.#media.clear();
    this.#sources.clear();
  }

  setMedia(mid: string, kind: TrackKind, media: Media): void {
    this.#media.set(mid, { kind, media });
  }

  update(updates: readonly SlotUpdate[]): void {
    for (const update of updates) this.#sources.set(update.mid, update);
  }

  /** Nothing of someone who left is shown any longer, even if the server has yet to say so. */
  release(identity: string): void {
    for (const [mid, source] of this.#sources) {
      if (source.identity === identity) {
        this.#sources.set(mid, { mid, identity: null, track: null, status: 'empty' });
      }
    }
  }

  list(): readonly Slot<Media>[] {
    return [...this.#media].map(([mid, { kind, media }]) => {
      const source = this.#sources.get(mid);
      return {
        mid,
        kind,
        media,
        identity: source?.identity ?? null,
        track: source?.track ?? null,
        status: source?.status ?? 'empty',
      };
    });
  }
}
