// Servers side by side, and what makes two figures comparable.
import { fixed, table } from '../forward/table.mjs';

/** How many times less CPU per packet than theirs ours has to take, and where; others have no bar. */
export const BARS = { janus: 4, 'janus-openssl': 2.5 };
export const BAR_SCENARIO = 'video_100';

// The generator's cameras are seeded, so all servers are sent the same pictures.
const MOST_UNEVEN = 0.05; // pictures differ, and windows don't begin at the same one

const find = (rows, scenario, server) => rows.find((row) => row.scenario === scenario && row.server === server);
const namesOf = (rows, key) => [...new Set(rows.map((row) => row[key]))];

/** Packets that a server forwarded, times those of ours in the same scenario; undefined where either forwarded none. */
function share(rows, row) {
  const ours = find(rows, row?.scenario, rows[0].server);
  return row?.packetsPerSecond > 0 && ours?.packetsPerSecond > 0 ? row.packetsPerSecond / ours.packetsPerSecond : undefined;
}

export function isUneven(rows, row) {
  return Math.abs((share(rows, row) ?? 1) - 1) > MOST_UNEVEN;
}

/** Whether a row's figure may stand beside those of others. */
export const counts = (rows, row) => row?.allCpuNs > 0 && row.invalid.length === 0 && !isUneven(rows, row);

/** What is to be said about figures that don't count, or not as they stand; one line each. */
export function remarks(rows) {
  return rows.flatMap((row) => {
    const of = `${row.server} ${row.scenario}`;
    const uneven = isUneven(rows, row) ? [`${of}: forwarded ${fixed(share(rows, row) * 100)} % of the packets that ours did (~)`] : [];
    return [...row.invalid.map((why) => `${of}: ${why} (!)`), ...uneven];
  });
}

/** How many times our CPU per packet a server takes. */
const times = (rows, row) => row?.allCpuNs / find(rows, row?.scenario, rows[0].server)?.allCpuNs;

/** Of each server beside ours: { server, times, bar, verdict }. */
export function verdicts(rows) {
  const [ours, ...theirs] = rows.filter((row) => row.scenario === BAR_SCENARIO);
  return theirs.map((row) => {
    const found = times(rows, row);
    const bar = BARS[row.server];
    const counts = ours.invalid.length === 0 && row.invalid.length === 0 && !isUneven(rows, row) && Number.isFinite(found);
    const reached = bar === undefined ? 'no bar' : found >= bar ? 'met' : 'MISSED';
    return { server: row.server, times: found, bar, verdict: counts ? reached : 'NOT COMPARABLE' };
  });
}

/** `rows` in the order in which they were measured: ours first. */
export function comparison(rows) {
  const names = namesOf(rows, 'server');
  const scenarios = namesOf(rows, 'scenario');
  const of = (scenario, server) => find(rows, scenario, server);
  const marks = (row) => `${row?.invalid.length ? '!' : ''}${isUneven(rows, row) ? '~' : ''}`;
  const column = (heading, show) => (name) => [heading(name), (scenario) => show(of(scenario, name), scenario)];
  const cpu = column((name) => `${name} ns`, (row) => `${fixed(row?.allCpuNs)}${marks(row)}`);
  const theirs = column((name) => `${name}/ours`, (row) => fixed(times(rows, row), 2));
  const rate = column((name) => `${name} kp/s`, (row) => fixed(row?.packetsPerSecond / 1e3, 1));
  const transit = column((name) => `${name} p99 ms`, (row) => fixed(row?.transitP99, 1));
  const scenario = ['scenario', (name) => name];
  const floor = ['floor ns', (name) => fixed(of(name, names[0])?.floor?.cpuNs)];
  const overFloor = ['ours/floor', (name) => fixed(of(name, names[0])?.allCpuNs / of(name, names[0])?.floor?.cpuNs, 2)];
  const parts = [
    table([scenario, floor, ...names.map(cpu), overFloor, ...names.slice(1).map(theirs)], scenarios),
    table([scenario, ...names.map(rate)], scenarios),
    table([scenario, ...names.map(transit)], scenarios),
  ];
  const judged = verdicts(rows);
  const bars = [
    [`bar, ${BAR_SCENARIO}`, ({ server }) => server],
    ['ours/theirs', (row) => `1/${fixed(row.times, 2)}`],
    ['at most', ({ bar }) => (bar ? `1/${bar}` : '-')],
    ['', ({ verdict }) => verdict],
  ];
  if (judged.length) parts.push(table(bars, judged));
  return [...parts, remarks(rows).map((line) => `${line}\n`).join('')].filter(Boolean).join('\n');
}
