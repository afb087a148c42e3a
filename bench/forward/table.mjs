// Figures as text.
const NONE = '-';

export function fixed(value, digits = 0) {
  return Number.isFinite(value) ? value.toFixed(digits) : NONE;
}

/** `columns`: heading and how a row shows it; the first is aligned to the left. */
export function table(columns, rows) {
  const cells = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, show]) => show(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const align = (cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
  return cells.map((line) => `${line.map(align).join('  ').trimEnd()}\n`).join('');
}

const ratio = (row) => fixed(row.cpuNs / row.floor?.cpuNs, 2);

const FORWARDED = [
  ['scenario', (row) => row.scenario],
  ['packets/s', (row) => fixed(row.packetsPerSecond)],
  ['core %', (row) => fixed(row.cores * 100, 1)],
  ['CPU ns', (row) => fixed(row.cpuNs)],
  ['user', (row) => fixed(row.userNs)],
  ['system', (row) => fixed(row.systemNs)],
  ['floor ns', (row) => fixed(row.floor?.cpuNs)],
  ['its run', (row) => fixed(row.floor?.run, 1)],
  ['x floor', ratio],
  ['in/call', (row) => fixed(row.packetsPerReceive, 1)],
  ['out/call', (row) => fixed(row.packetsPerSend, 1)],
  ['GSO %', (row) => fixed(row.gsoShare * 100)],
  ['segments', (row) => fixed(row.segmentsPerSend, 1)],
  ['transit p50 ms', (row) => fixed(row.transitP50, 2)],
  ['p99 ms', (row) => fixed(row.transitP99, 2)],
  ['generator', (row) => fixed(row.generatorCpu, 2)],
  ['machine stops %', (row) => fixed(row.pauses?.share * 100, 2)],
  ['', (row) => (row.invalid.length ? 'INVALID' : '')],
];

const TRANSIT = [
  ['transit at 70 %', (row) => row.scenario],
  ['core %', (row) => fixed(row.cores * 100, 1)],
  ['p50 ms', (row) => fixed(row.transit?.p50, 2)],
  ['p99 ms', (row) => fixed(row.transit?.p99, 2)],
  ['of half the seconds', (row) => fixed(row.transitP99OfSeconds, 2)],
  ['burst ms', (row) => fixed(row.transit?.burst, 2)],
  ['p99 beyond', (row) => fixed(row.transit?.beyond, 2)],
  ['machine stops %', (row) => fixed(row.pauses?.share * 100, 2)],
  ['longest ms', (row) => fixed(row.pauses?.longest_ms, 1)],
  ['displaced %', (row) => fixed(row.queued * 100, 2)],
  ['sent late ms', (row) => fixed(row.sendLagP99, 1)],
  ['paced %', (row) => fixed(row.waited?.share * 100, 2)],
  ['> 1 ms', (row) => fixed(row.waited?.over1 * 100, 2)],
  ['> 5 ms', (row) => fixed(row.waited?.over5 * 100, 2)],
  ['p99 unpaced', (row) => (row.transit ? `>= ${fixed(row.transit.unpaced, 2)}` : NONE)],
  ['bar ms', (row) => fixed(row.transit?.bar, 1)],
  ['beyond it in the worker %', (row) => (row.transit?.burst ? NONE : fixed(row.inWorker?.[row.transit?.bar] * 100, 2))],
  ['', (row) => (row.invalid.length ? 'INVALID' : (row.transit?.verdict ?? NONE))],
];

const IDLE = [
  ['scenario', (row) => row.scenario],
  ['people', (row) => String(row.people)],
  ['core %', (row) => fixed(row.cores * 100, 2)],
  ['CPU us/s each', (row) => fixed((row.cores / row.people) * 1e6, 1)],
  ['kB each', (row) => fixed(row.bytesPerParticipant / 1e3)],
  ['', (row) => (row.invalid.length ? 'INVALID' : '')],
];

function complaints(rows) {
  return rows.flatMap((row) => row.invalid.map((why) => `${row.server} ${row.scenario}: ${why}\n`)).join('');
}

export function forwardTable(rows) {
  const idle = rows.filter((row) => row.idle);
  const transit = rows.filter((row) => row.transit);
  const parts = [table(FORWARDED, rows.filter((row) => !row.idle))];
  if (transit.length) parts.push(table(TRANSIT, transit));
  if (idle.length) parts.push(table(IDLE, idle));
  return [...parts, complaints(rows)].filter(Boolean).join('\n');
}

const titles = (rows) => [...new Map(rows.map((row) => [row.scenario, row.title]))];
export const legend = (rows) => `\n${titles(rows).map(([name, title]) => `${name}: ${title}\n`).join('')}`;
