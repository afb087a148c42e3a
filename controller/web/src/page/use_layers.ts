import { useEffect, useRef } from 'preact/hooks';
import { spatialLayerFor, type Conference, type Slot } from '../client/index.js';

const HIGHEST_TEMPORAL = 2;
/** Windows are dragged and people come in bursts: ask once they are still. */
const SETTLE_MS = 700;

/** Asks for the simulcast layer that each shown picture needs, and no more. */
export function useLayers(conference: Conference, slots: readonly Slot[], connected: boolean): void {
  const asked = useRef(new Map<string, number>());

  useEffect(() => {
    if (!connected) asked.current.clear();  // a new connection starts at the highest layer
  }, [connected]);

  useEffect(() => {
    if (!connected) return undefined;
    const ask = (): void => {
      const wishes = slots.flatMap((slot) => {
        if (slot.kind !== 'video' || slot.identity === null) return [];
        const tile = document.querySelector(`[data-mid="${CSS.escape(slot.mid)}"]`);
        if (!tile) return [];
        const spatial = spatialLayerFor(tile.clientHeight * devicePixelRatio);
        if (asked.current.get(slot.mid) === spatial) return [];
        asked.current.set(slot.mid, spatial);
        return [{ mid: slot.mid, layer: { spatial, temporal: HIGHEST_TEMPORAL } }];
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
  }, [conference, slots, connected]);
}
