// One run: a scenario of stellwerk-load against a server, and what it cost in the steady window.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cpuOf, sleep, start, stop } from './processes.mjs';
import { quantile, samplesOf } from './transit.mjs';

const SETTLE_SECONDS = 5; // after the last join: bandwidth estimates have found what there is to find
const SLACK_SECONDS = 1; // the generator's clock starts a little later than ours
const MOST_LOST = 0.01; // of a run that says something; after repair, over all of it
const MOST_PACED = 0.2; // of the packets
const PATIENCE_MS = 30_000; // beyond the time that it should take

const sum = (values) => values.reduce((a, b) => a + b, 0);
const mean = (values) => (values.length ? sum(values) / values.length : undefined);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

export const peopleOf = ({ load }) => (load.rooms ?? 1) * ((load.publishers ?? 0) + (load.subscribers ?? 0));

async function snapshot(server) {
  // What the worker says is a little older than its request; the clock and the CPU time belong together.
  const counters = await server.counters?.();
  return { at: performance.now() / 1e3, media: cpuOf(server.mediaPids()), all: cpuOf(server.pids()), counters };
}

/** The samples of the generator, one a second, that lie within the window. */
function samplesIn(report, from, to) {
  let before = 0;
  return report.timeline.filter((sample) => {
    const begin = before;
    before = sample.seconds;
    sample.length = sample.seconds - begin;
    return begin >= from && sample.seconds <= to && sample.length > 0.5;
  });
}

/** What viewers got each second, and how fast. */
function reception(samples) {
  const seconds = sum(samples.map((sample) => sample.length));
  const packets = sum(samples.map((sample) => sample.received_packets)) / seconds;
  const bytes = sum(samples.map((sample) => sample.receive_rate * sample.length)) / 8 / seconds;
  return {
    packetsPerSecond: packets,
    bytesPerPacket: packets > 0 ? bytes / packets : undefined,
    generatorCpu: mean(samples.map((sample) => sample.generator_cpu)),
    // A machine that is not ours alone stops now and then for some milliseconds: that is in some seconds only.
    transitP99OfSeconds: median(samples.map((sample) => sample.transit_p99).filter(Number.isFinite)),
  };
}

function cost(from, to, packets, seconds) {
  const total = to.total - from.total;
  const sampled = to.user + to.system - from.user - from.system;
  const user = sampled > 0 ? (total * (to.user - from.user)) / sampled : 0;
  const each = packets > 0 ? 1e9 / packets : 0;
  return { cores: total / seconds, cpuNs: total * each, userNs: user * each, systemNs: (total - user) * each };
}

/** Of the packets that were sent, the share that pacing held back, and those that it held back for longer. */
function waits(delta) {
  const share = (name) => delta(name) / delta('sent');
  return { share: share('waited'), over1: share('waited1'), over5: share('waited5'), over20: share('waited20') };
}

/** By the worker's own clock: of the packets that it forwarded at once, the share that took longer than each limit in ms. */
function transits(delta) {
  return Object.fromEntries([1, 1.5, 2.5, 5].map((limit) => [limit, delta(`transit${limit}`) / delta('transit')]));
}

function batches(from, to) {
  if (!from || !to) return {};
  const delta = (key) => to[key] - from[key];
  return {
    packetsPerReceive: delta('received') / delta('receiveCalls'),
    packetsPerSend: delta('sent') / delta('sendCalls'),
    segmentsPerSend: delta('sent') / delta('sendMessages'),
    gsoShare: delta('segmented') / delta('sent'),
    waited: waits(delta),
    inWorker: transits(delta),
    padded: delta('gatherPadded') / delta('sent'),
    gatherTimeouts: delta('gatherTimeouts') / delta('gatherFrames'),
  };
}

function problems(report, result, scenario) {
  const reasons = [...report.invalid];
  // Of those who come and go, some are on their way in.
  const enough = peopleOf(scenario) * (scenario.load['churn-per-minute'] ? 0.95 : 1);
  if (!(report.values.participants_peak?.value >= enough)) {
    reasons.push(`only ${report.values.participants_peak?.value} of ${peopleOf(scenario)} got in`);
  }
  const failed = report.values.join_failed?.value;
  if (scenario.load['churn-per-minute'] && failed > 0) reasons.push(`${failed} did not get in`);
  if (!scenario.idle && !(result.packetsPerSecond > 0)) reasons.push('nothing was forwarded');
  if (result.loss > MOST_LOST) reasons.push(`${(result.loss * 100).toFixed(1)} % of the packets did not arrive`);
  if (result.waited?.share > MOST_PACED) {
    reasons.push(`pacing held ${(result.waited.share * 100).toFixed(0)} % of the packets back: bandwidth estimates broke down`);
  }
  return reasons;
}

function flagsOf(settings) {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function runOnce(server, scenario, { bin, folder, seconds }) {
  const json = join(folder, `${server.name}-${scenario.name}.json`);
  rmSync(json, { force: true });
  const joining = peopleOf(scenario) / scenario.load['joins-per-second'];
  const duration = SETTLE_SECONDS + seconds + SLACK_SECONDS;
  const log = join(folder, 'generator.log');
  const command = [join(bin, 'stellwerk-load'), ...server.target, ...flagsOf(scenario.load), '--local', server.address];
  command.push('--duration', `${duration}s`, '--settle', String(SETTLE_SECONDS), '--server-pid', String(server.pids()[0]), '--json', json, '--quiet');
  const began = performance.now() / 1e3;
  const generator = start(command, { log });
  try {
    await Promise.race([sleep((joining + SETTLE_SECONDS) * 1e3), generator.ended]);
    const from = await snapshot(server);
    await Promise.race([sleep(seconds * 1e3), generator.ended]);
    const to = await snapshot(server);
    await Promise.race([generator.ended, sleep(SLACK_SECONDS * 1e3 + PATIENCE_MS)]);
    if (!existsSync(json)) throw new Error(`no report:\n${readFileSync(log, 'utf8').slice(-500)}`);
    const report = JSON.parse(readFileSync(json, 'utf8'));
    const window = to.at - from.at;
    const result = reception(samplesIn(report, from.at - began - 0.5, to.at - began));
    const packets = scenario.idle ? 0 : result.packetsPerSecond * window;
    const transitSamples = samplesOf(report.transit_by_packets);
    Object.assign(result, batches(from.counters, to.counters), {
      ...cost(from.media, to.media, packets, window),
      allCpuNs: cost(from.all, to.all, packets, window).cpuNs,
      bytesPerParticipant: report.values.server_memory_per_participant?.value,
      queued: (to.media.queued - from.media.queued) / window,
      sendLagP99: report.values.send_lag_p99?.value,
      loss: report.values.loss?.value,
      software: report.software,
      transitSamples,
      transitP50: quantile(transitSamples, 0.5),
      transitP99: quantile(transitSamples, 0.99),
      people: peopleOf(scenario),
    });
    return { ...result, invalid: problems(report, result, scenario) };
  } finally {
    await stop(generator);
  }
}

/** A run with a server of its own; one that says nothing is repeated once. */
export async function measure(server, scenario, options) {
  let result;
  for (let attempt = 0; attempt < 2; ++attempt) {
    try {
      await server.start(scenario.server);
      result = await runOnce(server, scenario, options);
    } catch (error) {
      result = { invalid: [error.message] };
    } finally {
      await server.stop();
    }
    if (result.invalid.length === 0) break;
  }
  return { scenario: scenario.name, title: scenario.title, server: server.name, ...result };
}
