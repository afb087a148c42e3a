// The project's own server, with one worker.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { childrenOf, listening, sleep, start, stop } from './processes.mjs';

function readMetrics(text) {
  const metrics = {};
  for (const line of text.split('\n')) {
    const found = /^(\w+)(?:\{[^}]*\})? (\S+)$/.exec(line);
    if (found) metrics[found[1]] = (metrics[found[1]] ?? 0) + Number(found[2]);
  }
  return metrics;
}

export class Stellwerk {
  /** `port` of HTTP, `rtcPort` of media, both at `address`. */
  constructor({ bin, folder, address = '127.0.0.1', port = 8090, rtcPort = 23000 }) {
    Object.assign(this, { bin, folder, address, port, rtcPort });
    this.name = 'stellwerk';
    this.target = [`ws://${address}:${port}/signal`];
  }

  describe() {
    const version = execFileSync(join(this.bin, 'stellwerk'), ['--version'], { encoding: 'utf8' }).trim();
    return `${version}, one worker`;
  }

  async start({ limits = {}, gather } = {}) {
    const files = join(this.folder, 'stellwerk');
    mkdirSync(join(files, 'web'), { recursive: true });
    const config = join(files, 'config.yaml');
    const lines = Object.entries(limits).map(([key, value]) => `  ${key}: ${value}\n`);
    writeFileSync(config, lines.length ? `limits:\n${lines.join('')}` : '{}\n');
    const log = join(files, 'log');
    const command = [join(this.bin, 'stellwerk'), '--config', config, '--workers', '1'];
    command.push('--listen', `${this.address}:${this.port}`, '--rtc-address', this.address);
    command.push('--rtc-port', String(this.rtcPort), '--web-root', join(files, 'web'));
    command.push('--runtime-dir', join(files, 'run'), '--drain-timeout', '0s', '--log-level', 'warning');
    if (gather !== undefined) command.push('--gather', String(gather));
    this.process = start(command, { log });
    await listening(this.process, this.address, this.port, log);
    while ((await this.#metrics()).stellwerk_workers_ready !== 1) await sleep(50);
    this.workers = childrenOf(this.process.pid);
  }

  /** The processes that media goes through, and all. */
  mediaPids() {
    return this.workers;
  }
  pids() {
    return [this.process.pid, ...this.workers];
  }

  async #metrics() {
    const response = await fetch(`http://${this.address}:${this.port}/metrics`);
    return readMetrics(await response.text());
  }

  /** What the worker counted so far. */
  async counters() {
    const metrics = await this.#metrics();
    const worker = (name) => metrics[`stellwerk_worker_${name}_total`];
    const udp = (name) => worker(`udp_${name}`);
    return {
      participants: metrics.stellwerk_participants,
      received: udp('datagrams_received'),
      receiveCalls: udp('receive_calls'),
      sent: udp('datagrams_sent'),
      sendCalls: udp('send_calls'),
      sendMessages: udp('send_messages'),
      segmented: udp('segmented'),
      gatherFrames: worker('gather_frames'),
      gatherTimeouts: worker('gather_timeouts'),
      gatherPadded: worker('gather_padded'),
      waited: worker('pacer_waited'),
      waited1: worker('pacer_waited_1ms'),
      waited5: worker('pacer_waited_5ms'),
      waited20: worker('pacer_waited_20ms'),
      transit: udp('transit'),
      transit1: udp('transit_1ms'),
      'transit1.5': udp('transit_1500us'),
      'transit2.5': udp('transit_2500us'),
      transit5: udp('transit_5ms'),
    };
  }

  async stop() {
    await stop(this.process);
  }
}
