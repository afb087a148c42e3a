import { useEffect, useRef } from 'preact/hooks';
import { demandedHeight, type Conference, type Slot, type SlotRequest } from '../client/index.js';

/** Windows are dragged and people come in bursts: ask once they are still. */
const SETTLE_MS = 300;
const PRIORITY = { large: 224, screen: 192, other: 128 } as const;

/** How many device pixels high the whole picture would be; a tile may show a part of it only. */
function pictureHeight(tile: Element): number {
  const video = tile.querySelector('video');
  const shape = video && video.videoWidth > 0 ? video.videoHeight / video.videoWidth : 9 / 16;
  const filled = Math.max(tile.clientHeight, tile.clientWidth * shape);
  const whole = Math.min(tile.clientHeight, tile.clientWidth * shape);
  return (video?.classList.contains('whole') ? whole : filled) * devicePixelRatio;
}

/** Tells the server how large each slot's picture is shown and which matters most. */
export function useDemand(
  conference: Conference,
  slots: readonly Slot[],
  large: string | null,
  connected: boolean,
): void {
  const asked = useRef(new Map<string, string>());

  useEffect(() => {
    if (!connected) asked.current.clear();  // a new connection has no demands yet
  }, [connected]);

  useEffect(() => {
    if (!connected) return undefined;
    const ask = (): void => {
      const wishes: SlotRequest[] = slots.flatMap((slot) => {
        if (slot.kind !== 'video' || slot.identity === null) return [];
        const tile = document.querySelector(`[data-mid="${CSS.escape(slot.mid)}"]`);
        if (!tile) return [];
        const height = demandedHeight(pictureHeight(tile));
        const kind = tile.getAttribute('data-kind') === 'screen' ? 'screen' : 'other';
        const priority = PRIORITY[tile.closest('.focus-large') ? 'large' : kind];
        const wish = `${height} ${priority}`;
        if (asked.current.get(slot.mid) === wish) return [];
        asked.current.set(slot.mid, wish);
        return [{ mid: slot.mid, height, priority }];
      });
      conference.view(wishes).catch(() => {
        // Told again with the next change; until then the picture is larger than needed.
        for (const { mid } of wishes) asked.current.delete(mid);
      });
    };
    let timer = setTimeout(ask, SETTLE_MS);
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(ask, SETTLE_MS);
    });
    for (const tile of document.querySelectorAll('[data-mid]')) observer.observe(tile);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [conference, slots, large, connected]);  // whatever is large, its tile is a new element
}
