import type { Participant, Slot } from '../client/index.js';

/** One picture of the call. */
export interface Tile {
  readonly key: string;
  readonly identity: string;
  readonly name: string;
  readonly kind: 'camera' | 'screen';
  /** Null: no picture, the initials are shown. */
  readonly media: MediaStreamTrack | null;
  readonly mid: string | null;
  readonly muted: boolean;
  readonly unsupported: boolean;
}

/** Tiles of the others: one per person, and one more for each shared screen. */
export function tilesOf(participants: readonly Participant[], slots: readonly Slot[]): Tile[] {
  return participants.flatMap((participant) => {
    const { identity, name, tracks } = participant;
    const shown = slots.filter((slot) => slot.kind === 'video' && slot.identity === identity);
    const sourceOf = (slot: Slot): string =>
      tracks.find((track) => track.id === slot.track)?.source ?? 'camera';
    const microphone = tracks.find((track) => track.source === 'microphone');
    const base = { identity, name, muted: microphone?.muted ?? true };
    const camera = shown.find((slot) => sourceOf(slot) !== 'screen');
    const cameraTrack = tracks.find((track) => track.source === 'camera');
    const cameraOn = camera?.status === 'active' && cameraTrack?.muted === false;
    const tiles: Tile[] = [
      {
        ...base,
        key: identity,
        kind: 'camera',
        media: cameraOn ? camera.media : null,
        mid: cameraOn ? camera.mid : null,
        unsupported: camera?.status === 'codec_unsupported',
      },
    ];
    for (const slot of shown) {
      const track = tracks.find((candidate) => candidate.id === slot.track);
      if (track?.source !== 'screen' || track.muted) continue;
      tiles.push({
        ...base,
        key: `${identity}/${track.id}`,
        kind: 'screen',
        media: slot.status === 'active' ? slot.media : null,
        mid: slot.mid,
        unsupported: slot.status === 'codec_unsupported',
      });
    }
    return tiles;
  });
}

/** Up to two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}

/** Which of the avatar colours someone gets: the same one for everybody who looks. */
export function hueOf(identity: string, hues: number): number {
  let hash = 0;
  for (const character of identity) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % hues;
}
