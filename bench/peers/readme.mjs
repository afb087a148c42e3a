// Puts the figures of a run of both benchmarks into the project's README, between its marks, and their drawings beside it:
//   node bench/peers/readme.mjs FORWARD.json PEERS.json [FOLDER with the drawings] [README.md]
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixed } from '../forward/table.mjs';
import { counts } from './compare.mjs';

const DRAWINGS = ['forward/cpu_by_load.svg', 'peers/cpu_by_server.svg'];
const line = (cells) => `| ${cells.join(' | ')} |\n`;

/** `columns`: heading and how a row shows it; all but the first are aligned to the right. */
function markdown(columns, rows) {
  const head = line(columns.map(([heading]) => heading)) + line(columns.map((_, i) => (i ? '--:' : '---')));
  return head + rows.map((row) => line(columns.map(([, show]) => show(row)))).join('');
}

const us = (ns) => fixed(ns / 1e3, 2);
const FORWARD = [
  ['scenario', (row) => row.title],
  ['packets/s', (row) => fixed(row.packetsPerSecond)],
  ['core %', (row) => fixed(row.cores * 100)],
  ['CPU µs', (row) => us(row.cpuNs)],
  ['in user space', (row) => us(row.userNs)],
  ['floor µs', (row) => us(row.floor.cpuNs)],
  ['× floor', (row) => fixed(row.cpuNs / row.floor.cpuNs, 2)],
  ['datagrams per message', (row) => fixed(row.segmentsPerSend, 1)],
];

/** What one machine is, as far as that matters. */
export const kindOf = (machine, cores) => `${machine.replace(/(Linux \d+\.\d+)\S*/, '$1')}, ${cores} cores`;

/** Figures that don't count are left out; it throws if there are none at all. */
export function forwardTable({ results }) {
  const rows = results.filter((row) => !row.idle && row.floor && row.cpuNs > 0 && row.invalid.length === 0);
  if (rows.length === 0) throw new Error('bench forward has no valid figures');
  return markdown(FORWARD, rows);
}

export function peersTable({ results, software }) {
  const [ours, ...theirs] = Object.keys(software);
  const find = (scenario, server) => results.find((row) => row.scenario === scenario && row.server === server);
  const comparable = ({ scenario }) => theirs.some((server) => counts(results, find(scenario, server)));
  const rows = results.filter((row) => row.server === ours && counts(results, row) && comparable(row));
  if (rows.length === 0) throw new Error('bench peers has no valid figures');
  const show = (row, server) => {
    const other = find(row.scenario, server);
    return counts(results, other) ? `${us(other.allCpuNs)} (${fixed(other.allCpuNs / row.allCpuNs, 1)} ×)` : '—';
  };
  const columns = [
    ['scenario', (row) => row.title],
    ['floor', (row) => us(row.floor?.cpuNs)],
    [`${ours}, µs`, (row) => us(row.allCpuNs)],
    ...theirs.map((server) => [`${server}, µs`, (row) => show(row, server)]),
  ];
  const versions = Object.entries(software).map(([server, text]) => `- \`${server}\`: ${text}\n`);
  return `${markdown(columns, rows)}\n${versions.join('')}`;
}

/** What stands between `<!-- NAME -->` and `<!-- /NAME -->` becomes `content`. */
export function fill(text, name, content) {
  const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!marks.test(text)) throw new Error(`there is no <!-- ${name} --> … <!-- /${name} -->`);
  return text.replace(marks, (_, begin, end) => `${begin}${content}${end}`);
}

function main([forwardFile, peersFile, folder = 'build/artifacts', file = 'README.md']) {
  const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
  const forward = read(forwardFile);
  const peers = read(peersFile);
  let text = readFileSync(file, 'utf8');
  text = fill(text, 'machine', `${kindOf(forward.machine, cpus().length)}.\n`);
  text = fill(text, 'forward', forwardTable(forward));
  text = fill(text, 'peers', peersTable(peers));
  const target = join(dirname(resolve(file)), 'bench', 'figures');
  mkdirSync(target, { recursive: true });
  for (const drawing of DRAWINGS) copyFileSync(join(folder, drawing), join(target, basename(drawing)));
  writeFileSync(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
