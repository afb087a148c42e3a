// What bench_floor says of traffic like that which a run forwarded.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peopleOf } from './measure.mjs';
import { traceOf } from './transit.mjs';

const RTP_HEADER = 12;
const GCM_TAG = 16;
const MOST_DESTINATIONS = 1000; // of bench_floor

/** What this machine took away from programs that want it all the time, just now. */
export function pausesNow({ bin, folder }) {
  const json = join(folder, 'pauses.json');
  execFileSync(join(bin, 'bench_floor'), ['--pauses', '2', '--json', json], { stdio: ['ignore', 'ignore', 'inherit'] });
  return JSON.parse(readFileSync(json, 'utf8'));
}

/**
 * CPU per packet for as many packets a second of the same size, to as many people. The runs are as long as those of an
 * offline optimum that knows all packets of the run: what belongs to one frame and one viewer is one run (a sender's
 * packets of a frame differ by a byte, which padding mends), and nothing else could be, for sizes differ. So frames' lengths
 * are drawn as viewers of the run got them.
 */
export function floorOf(result, scenario, { bin, folder, seconds }) {
  const destinations = Math.min(peopleOf(scenario), MOST_DESTINATIONS);
  const json = join(folder, 'floor.json');
  const command = ['--network', 'loopback', '--path', 'runs', '--rounds', '1', '--seconds', String(seconds)];
  const trace = traceOf(result.transitSamples ?? []);
  command.push(...(trace.length ? ['--trace', trace.join(',')] : ['--burst', String(scenario.burst)]));
  command.push('--destinations', String(destinations));
  command.push('--rate', String(Math.max(1, Math.round(result.packetsPerSecond / destinations))));
  command.push('--payload', String(Math.min(1400, Math.max(1, Math.round(result.bytesPerPacket) - RTP_HEADER - GCM_TAG))));
  execFileSync(join(bin, 'bench_floor'), [...command, '--json', json], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { results, machine, backend } = JSON.parse(readFileSync(json, 'utf8'));
  const [found] = results;
  return { run: found.run, cpuNs: found.cpu_ns, userNs: found.user_ns, systemNs: found.system_ns, invalid: found.invalid, machine, backend };
}
