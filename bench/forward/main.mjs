// What a forwarded packet costs the whole server, beside this machine's floor.
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
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
const CLOSE = 0.06; // to the share that was wanted
const MOST_ATTEMPTS = 3;
const JOINS = 20; // a second

const { VIDEO_10, VIDEO_100, VIDEO_199, VIDEO_500, SIMULCAST_199, CONFERENCE_20, CONFERENCE_50, AUDIO_200, IDLE_1000 } =
  scenarios;
const FIXED = [VIDEO_10, VIDEO_100, VIDEO_199, VIDEO_500, SIMULCAST_199, CONFERENCE_20, CONFERENCE_50, AUDIO_200, IDLE_1000];
const QUICK = [VIDEO_100, VIDEO_199, CONFERENCE_20];

const flags = readFlags('forward', `usage: ./dev bench forward [FLAGS] [SCENARIO...]\n${USAGE}`);
const server = new Stellwerk(flags);
const rows = [];

const wanted = (scenario) => flags.only.length === 0 || flags.only.includes(scenario.name);

/** Measures a scenario; nothing if nobody wants it. */
async function rowOf(scenario) {
  if (!wanted(scenario)) return undefined;
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
  return row;
}

async function run(scenario) {
  const row = await rowOf(scenario);
  if (row) rows.push(row);
}

const found = (name) => rows.find((row) => row.scenario === name && row.cpuNs > 0);

/**
 * A scenario that is to keep the worker busy for `share` of its core: `make` gets what one (packet, viewer, room) takes, at first
 * `guess`. A packet costs less the more there are, so what came out mends the guess. The closest of some attempts stays; returns
 * what one took.
 */
async function runAtShare(share, make, guess) {
  let ofOne = guess;
  const attempts = [];
  const distance = ({ row }) => (row.invalid.length ? 1e3 : 0) + Math.abs((row.cores ?? 0) / share - 1);
  const known = (scenario) => attempts.some((other) => isDeepStrictEqual(other.scenario.load, scenario.load));
  while (attempts.length < MOST_ATTEMPTS) {
    const scenario = make(ofOne);
    const row = known(scenario) ? undefined : await rowOf(scenario);
    if (!row) break;
    attempts.push({ scenario, row });
    // One that failed for another reason than its load would fail with more people, too.
    if (distance({ row }) < CLOSE || !(row.cores > 0) || (row.invalid.length && row.cores < share)) break;
    ofOne *= row.cores / share;
  }
  const [best] = attempts.sort((a, b) => distance(a) - distance(b));
  if (best) rows.push(best.row);
  return ofOne;
}

async function runLoads() {
  let perPacket = found('video_199') ? found('video_199').cpuNs / 1e9 : GUESSED_COST;
  for (const share of flags.quick ? [0.1, 0.8] : [0.1, 0.4, 0.8])
    perPacket = await runAtShare(share, (cost) => scenarios.loaded(share, cost), perPacket);
}

/** `change`: of the scenarios, such as `ungathered`. Each is measured at the share, for one may cost more than another. */
async function runTransit() {
  const at = (make, guess, change = (scenario) => scenario) =>
    runAtShare(TRANSIT_SHARE, (ofOne) => change(make(TRANSIT_SHARE, ofOne)), guess);
  const { audience, conferences, joining, ungathered } = scenarios;
  const ofViewer = await at(audience, found('video_199') ? found('video_199').cores / 199 : GUESSED_VIEWER);
  await at(audience, ofViewer, ungathered);
  const ofRoom = await at(conferences, found('conference_20')?.cores ?? GUESSED_CONFERENCE);
  await at(conferences, ofRoom, ungathered);
  const ofRestless = await at(conferences, ofRoom, (scenario) => joining(scenario, JOINS));
  await at(conferences, ofRestless, (scenario) => ungathered(joining(scenario, JOINS)));
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
