// What a forwarded packet costs the whole server, beside this machine's floor.
import { writeFileSync } from 'node:fs';
import { readFlags, USAGE } from './flags.mjs';
import { floorOf, pausesNow } from './floor.mjs';
import { measure } from './measure.mjs';
import { plot } from './plot.mjs';
import * as scenarios from './scenarios.mjs';
import { Stellwerk } from './stellwerk.mjs';
import { forwardTable, legend } from './table.mjs';
import { cumulative, transitOf } from './transit.mjs';

const TRANSIT_SHARE = 0.7; // of the core, for the bars of transit time
const GUESSED_COST = 2.5e-6; // seconds of CPU for a packet; where video_199 was not measured
const GUESSED_VIEWER = 400 * GUESSED_COST; // of the core, of video_199
const GUESSED_CONFERENCE = 0.05; // of the core, of a room
const CLOSE = 0.1; // to the share that was wanted
const JOINS = 20; // a second

const { VIDEO_10, VIDEO_100, VIDEO_199, VIDEO_500, SIMULCAST_199, CONFERENCE_20, CONFERENCE_50, AUDIO_200, IDLE_1000 } =
  scenarios;
const FIXED = [VIDEO_10, VIDEO_100, VIDEO_199, VIDEO_500, SIMULCAST_199, CONFERENCE_20, CONFERENCE_50, AUDIO_200, IDLE_1000];
const QUICK = [VIDEO_100, VIDEO_199, CONFERENCE_20];

const flags = readFlags('forward', `usage: ./dev bench forward [FLAGS] [SCENARIO...]\n${USAGE}`);
const server = new Stellwerk(flags);
const rows = [];

const wanted = (scenario) => flags.only.length === 0 || flags.only.includes(scenario.name);

async function run(scenario) {
  if (!wanted(scenario)) return;
  process.stderr.write(`${scenario.name}: ${scenario.title}\n`);
  const row = { ...(await measure(server, scenario, flags)), idle: scenario.idle, share: scenario.share };
  row.pauses = pausesNow(flags);
  if (scenario.transit) {
    const { viewers, bars } = scenario.transit;
    row.transit = transitOf(row, { viewers, bar: scenario.server.gather === 0 ? bars.atOnce : bars.gathered });
  } else if (!scenario.idle && row.packetsPerSecond > 0) {
    row.floor = floorOf(row, scenario, { ...flags, seconds: Math.min(flags.seconds, 3) });
    if (row.floor.invalid) row.invalid.push(`its floor: ${row.floor.invalid}`);
  }
  rows.push(row);
}

const found = (name) => rows.find((row) => row.scenario === name && row.cpuNs > 0);

async function runLoads() {
  const perPacket = found('video_199') ? found('video_199').cpuNs / 1e9 : GUESSED_COST;
  for (const share of flags.quick ? [0.1, 0.8] : [0.1, 0.4, 0.8]) await run(scenarios.loaded(share, perPacket));
}

/** A scenario that is to take TRANSIT_SHARE of the core: `make` gets what one (viewer, room) takes. */
async function runAtShare(make, guess) {
  const attempt = make(guess);
  await run(attempt);
  const row = rows.at(-1);
  if (!wanted(attempt) || !(row.cores > 0) || Math.abs(row.cores / TRANSIT_SHARE - 1) < CLOSE) return attempt;
  // One that failed for another reason would fail with more people, too.
  if (row.invalid.length && row.cores < TRANSIT_SHARE) return attempt;
  const better = make((guess * row.cores) / TRANSIT_SHARE);
  if (JSON.stringify(better.load) === JSON.stringify(attempt.load)) return attempt;
  rows.pop();
  await run(better);
  return better;
}

async function runTransit() {
  const ofViewer = found('video_199') ? found('video_199').cores / 199 : GUESSED_VIEWER;
  const audience = await runAtShare((ofOne) => scenarios.audience(TRANSIT_SHARE, ofOne), ofViewer);
  await run(scenarios.ungathered(audience));
  const ofRoom = found('conference_20')?.cores ?? GUESSED_CONFERENCE;
  const conferences = await runAtShare((ofOne) => scenarios.conferences(TRANSIT_SHARE, ofOne), ofRoom);
  for (const more of [scenarios.ungathered(conferences), scenarios.joining(conferences, JOINS)]) await run(more);
  await run(scenarios.ungathered(scenarios.joining(conferences, JOINS)));
}

function drawLoads() {
  const loads = rows.filter((row) => row.share);
  const points = (value) => loads.map((row) => [row.cores * 100, value(row) / 1e3]).filter(([, y]) => Number.isFinite(y));
  return plot(flags.folder, 'cpu_by_load', {
    title: 'CPU per forwarded packet: 200 in a room, bursts of 4',
    x: 'load of the worker’s core, %',
    y: 'µs',
    series: [
      { label: 'Stellwerk', points: points((row) => row.cpuNs) },
      { label: 'of it in user space', points: points((row) => row.userNs) },
      { label: 'floor', points: points((row) => row.floor?.cpuNs) },
    ],
  });
}

function drawTransit() {
  const measured = rows.filter((row) => row.transit);
  return plot(flags.folder, 'transit', {
    title: 'Transit through the worker at 70 % of its core',
    x: 'ms',
    y: '% of packets took so long at most',
    style: 'lines lw 2',
    series: measured.map((row) => ({ label: row.scenario.replaceAll('_', ' '), points: cumulative(row.transitSamples) })),
  });
}

for (const scenario of flags.quick && flags.only.length === 0 ? QUICK : FIXED) await run(scenario);
if (!flags.quick) await run(scenarios.ungathered(VIDEO_199));
await runLoads();
if (!flags.quick || flags.only.length) await runTransit();

const floor = rows.find((row) => row.floor)?.floor;
const head = `${server.describe()}\n${floor ? `${floor.machine}; floor by ${floor.backend}` : ''}\nper forwarded packet:\n\n`;
process.stdout.write(`${head}${forwardTable(rows)}\n${legend(rows)}`);
const drawings = [...drawLoads(), ...drawTransit()];
if (drawings.length) console.log(`\n${drawings.join('\n')}`);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify({ machine: floor?.machine, results: rows.map(({ transitSamples, ...row }) => row) }, null, 1)}\n`);
