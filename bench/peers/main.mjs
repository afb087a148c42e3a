// What a forwarded packet costs others' servers and ours, in one run, one after the other in each scenario.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFlags, USAGE } from '../forward/flags.mjs';
import { floorOf } from '../forward/floor.mjs';
import { measure } from '../forward/measure.mjs';
import { plot } from '../forward/plot.mjs';
import * as scenarios from '../forward/scenarios.mjs';
import { Stellwerk } from '../forward/stellwerk.mjs';
import { legend } from '../forward/table.mjs';
import { comparison, counts, verdicts } from './compare.mjs';
import { Janus } from './janus.mjs';
import { LiveKit } from './livekit.mjs';
import { ADDRESS, enterOwnNetwork } from './network.mjs';

const { VIDEO_10, VIDEO_50, VIDEO_100, VIDEO_199, VIDEO_500, SIMULCAST_199, CONFERENCE_20, CONFERENCE_50, AUDIO_200 } =
  scenarios;
// What two cores carry with any of them.
const USUAL = [VIDEO_10, VIDEO_50, VIDEO_100, SIMULCAST_199, CONFERENCE_20];
const ALL = [...USUAL, VIDEO_199, VIDEO_500, CONFERENCE_50, AUDIO_200];
const QUICK = [VIDEO_100];
const SECONDS = 6; // of a window: four servers take their time

const flags = readFlags('peers', `usage: ./dev bench peers [FLAGS] [SCENARIO...]\n${USAGE}\
  --server NAME    only this one beside ours: janus, janus-openssl, janus-loops, livekit; may be repeated
  --livekit FILE   the program of LiveKit (or STELLWERK_LIVEKIT, or by PATH)
`, { server: { type: 'string', multiple: true }, livekit: { type: 'string' } });
flags.seconds = flags.quick || process.argv.includes('--seconds') ? flags.seconds : SECONDS;

function findLiveKit() {
  const byPath = process.env.PATH.split(delimiter).map((folder) => join(folder, 'livekit-server'));
  return [flags.livekit, process.env.STELLWERK_LIVEKIT, ...byPath].filter(Boolean).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Outside of the network that the servers live in, for the source comes from Debian. */
function rebuildLibsrtp() {
  const folder = resolve('build/peers/libsrtp');
  const script = join(fileURLToPath(new URL('.', import.meta.url)), 'libsrtp.sh');
  execFileSync(script, [folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'lib');
}

const wanted = (name) => !flags.server || flags.server.includes(name);
const libraries = wanted('janus-openssl') || wanted('janus-loops') ? rebuildLibsrtp() : undefined;
enterOwnNetwork();

const livekit = findLiveKit();
const servers = [new Stellwerk({ ...flags, address: ADDRESS })];
if (wanted('janus')) servers.push(new Janus(flags));
if (wanted('janus-openssl')) servers.push(new Janus({ ...flags, name: 'janus-openssl', libraries }));
if (wanted('janus-loops')) {
  servers.push(new Janus({ ...flags, name: 'janus-loops', libraries, eventLoops: cpus().length }));
}
if (wanted('livekit') && livekit) servers.push(new LiveKit({ ...flags, program: livekit }));
if (wanted('livekit') && !livekit) console.error('LiveKit is left out: there is no livekit-server (--livekit)');

const chosen = flags.only.length ? ALL.filter(({ name }) => flags.only.includes(name)) : flags.quick ? QUICK : USUAL;
const rows = [];
for (const scenario of chosen) {
  for (const server of servers) {
    process.stderr.write(`${scenario.name}: ${server.name}\n`);
    rows.push(await measure(server, scenario, flags));
    const row = rows.at(-1);
    if (server === servers[0] && row.packetsPerSecond > 0) {
      row.floor = floorOf(row, scenario, { ...flags, seconds: Math.min(flags.seconds, 3) });
    }
  }
}

function draw() {
  const videos = rows.filter((row) => /^video_/.test(row.scenario) && counts(rows, row));
  const series = servers.map(({ name }) => ({
    label: name,
    points: videos.filter((row) => row.server === name).map((row) => [row.packetsPerSecond / 1e3, row.allCpuNs / 1e3]),
  }));
  const floors = videos.filter((row) => row.floor);
  series.push({ label: 'floor', points: floors.map((row) => [row.packetsPerSecond / 1e3, row.floor.cpuNs / 1e3]) });
  const x = 'thousand packets forwarded per second';
  return plot(flags.folder, 'cpu_by_server', { title: 'CPU per forwarded packet: 1 to N, bursts of 4', x, y: 'µs', series });
}

const machine = rows.find((row) => row.floor)?.floor.machine ?? '';
const descriptions = servers.map((server) => `${server.name}: ${server.describe()}\n`).join('');
const head = `${machine}\n${descriptions}\nCPU time of all of a server's threads and processes per packet that viewers got (! ~ see below):\n\n`;
process.stdout.write(`${head}${comparison(rows)}${legend(rows)}`);
const drawings = draw();
if (drawings.length) console.log(`\n${drawings.join('\n')}`);
const software = Object.fromEntries(servers.map((server) => [server.name, server.describe()]));
const results = rows.map(({ transitSamples, ...row }) => row);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify({ machine, software, bars: verdicts(rows), results }, null, 1)}\n`);
