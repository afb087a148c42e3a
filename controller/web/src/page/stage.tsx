import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { gridLayout } from './grid_layout.js';
import type { SlotStatistics } from './slot_statistics.js';
import { useTexts } from './texts.js';
import { TileView } from './tile_view.js';
import type { Tile } from './tiles.js';

const GAP = 10;
/** More would be too small to recognise anybody. */
const MOST_TILES = 25;

/** All tiles in a grid, or one large with the others in a strip. */
export function Stage(props: {
  own: Tile;
  others: readonly Tile[];
  speakers: ReadonlySet<string>;
  large: string | null;
  onLarge: (key: string | null) => void;
  /** Whose picture's quality is shown. */
  examined: string | null;
  onExamine: (key: string | null) => void;
  statistics: ReadonlyMap<string, SlotStatistics>;
  language: string;
  /** Shown beside ourselves while nobody else is there. */
  empty: ComponentChildren;
}): JSX.Element {
  const t = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const tiles = [...props.others, props.own];
  const shown = tiles.length > MOST_TILES ? [...tiles.slice(0, MOST_TILES - 2), props.own] : tiles;
  const hidden = tiles.length - shown.length;
  const large = shown.find((tile) => tile.key === props.large);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const empty = props.others.length === 0 && props.empty;
  const count = shown.length + (hidden > 0 ? 1 : 0) + (empty ? 1 : 0);
  const layout = gridLayout(count, size.width, size.height, GAP);

  const view = (tile: Tile): JSX.Element => (
    <TileView
      key={tile.key}
      tile={tile}
      own={tile === props.own}
      speaking={props.speakers.has(tile.identity)}
      large={tile === large}
      {...(tile.mid !== null &&
        tile.media && {
          quality: {
            shown: tile.key === props.examined,
            statistics: props.statistics.get(tile.mid),
            language: props.language,
            onToggle: () => props.onExamine(tile.key === props.examined ? null : tile.key),
          },
        })}
      {...(shown.length > 1 && {
        onToggle: () => props.onLarge(tile === large ? null : tile.key),
      })}
    />
  );

  if (large) {
    return (
      <div class="stage focus" ref={box}>
        <div class="focus-large">{view(large)}</div>
        <div class="focus-strip">{shown.filter((tile) => tile !== large).map(view)}</div>
      </div>
    );
  }
  return (
    <div
      class="stage grid"
      ref={box}
      style={{
        '--columns': String(layout.columns),
        '--tile-width': `${layout.tileWidth}px`,
        '--tile-height': `${layout.tileHeight}px`,
      }}
    >
      {empty}
      {shown.map(view)}
      {hidden > 0 && <p class="tile more-tiles">{t('moreOthers', { count: hidden })}</p>}
    </div>
  );
}
