export interface GridLayout {
  readonly columns: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

const WIDEST = 16 / 9;
const NARROWEST = 4 / 3;
/** Upright tiles suit a phone that is held upright. */
const NARROWEST_UPRIGHT = 2 / 3;

/** The columns that give `count` tiles the largest area in `width` x `height` pixels. */
export function gridLayout(count: number, width: number, height: number, gap: number): GridLayout {
  const narrowest = height > width ? NARROWEST_UPRIGHT : NARROWEST;
  let best: GridLayout = { columns: 1, tileWidth: 0, tileHeight: 0 };
  for (let columns = 1; columns <= Math.max(1, count); ++columns) {
    const rows = Math.ceil(count / columns);
    let tileWidth = (width - gap * (columns - 1)) / columns;
    let tileHeight = (height - gap * (rows - 1)) / rows;
    if (tileWidth <= 0 || tileHeight <= 0) continue;
    if (tileWidth / tileHeight > WIDEST) tileWidth = tileHeight * WIDEST;
    if (tileWidth / tileHeight < narrowest) tileHeight = tileWidth / narrowest;
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight) {
      best = { columns, tileWidth: Math.floor(tileWidth), tileHeight: Math.floor(tileHeight) };
    }
  }
  return best;
}
