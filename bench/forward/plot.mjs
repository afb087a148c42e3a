// Drawings by gnuplot, SVG and PNG; without gnuplot there are none.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TERMINALS = { svg: 'svg size 900,520 font "sans,14" background "white"', png: 'pngcairo size 900,520 font "sans,12"' };

/** `series`: { label, points: [[x, y]…] }, drawn with points and lines unless `style` says otherwise. */
export function plot(folder, name, { title, x, y, series, style = 'linespoints lw 2 pt 7' }) {
  const drawn = series.filter(({ points }) => points.length);
  if (drawn.length === 0) return [];
  const blocks = drawn.map(({ points }) => points.sort((a, b) => a[0] - b[0]).map((pair) => pair.join('\t')).join('\n'));
  const data = join(folder, `${name}.tsv`);
  writeFileSync(data, `${blocks.join('\n\n\n')}\n`);
  const lines = drawn.map(({ label }, i) => `"${data}" index ${i} with ${style} title "${label}"`);
  const made = [];
  for (const [kind, terminal] of Object.entries(TERMINALS)) {
    const file = join(folder, `${name}.${kind}`);
    const script = [
      `set terminal ${terminal}`,
      `set output "${file}"`,
      `set title "${title}"`,
      `set xlabel "${x}"`,
      `set ylabel "${y}"`,
      'set yrange [0:*]',
      'set xrange [0:*]',
      'set grid',
      'set key outside top center horizontal',
      `plot ${lines.join(', ')}`,
    ];
    if (spawnSync('gnuplot', { input: script.join('\n'), stdio: ['pipe', 'ignore', 'inherit'] }).status === 0) made.push(file);
  }
  return made;
}
