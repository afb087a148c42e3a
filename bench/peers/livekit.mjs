// LiveKit, where its program is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { listening, start, stop } from '../forward/processes.mjs';
import { ADDRESS } from './network.mjs';

const PORT = 7880;
const KEY = 'tester';
const SECRET = 'a-secret-that-is-at-least-32-characters-long';

const CONFIG = `
port: ${PORT}
bind_addresses: [${ADDRESS}]
logging:
  level: error
rtc:
  udp_port: 7882
  tcp_port: 0
  node_ip: ${ADDRESS}
  use_external_ip: false
keys:
  ${KEY}: ${SECRET}
`;

export class LiveKit {
  constructor({ folder, program }) {
    Object.assign(this, { folder: join(folder, 'livekit'), program });
    this.name = 'livekit';
    this.address = ADDRESS;
    this.target = [`ws://${ADDRESS}:${PORT}`, '--key', KEY, '--secret', SECRET];
  }

  describe() {
    const version = execFileSync(this.program, ['--version'], { encoding: 'utf8' }).trim();
    return `LiveKit ${version.replace(/^.* /, '')}; one UDP port, else its defaults; pion/srtp on Go's crypto`;
  }

  async start() {
    mkdirSync(this.folder, { recursive: true });
    const config = join(this.folder, 'livekit.yaml');
    writeFileSync(config, CONFIG);
    const log = join(this.folder, 'log');
    this.process = start([this.program, '--config', config], { log });
    await listening(this.process, ADDRESS, PORT, log);
  }

  pids() {
    return [this.process.pid];
  }
  mediaPids() {
    return this.pids();
  }

  async stop() {
    await stop(this.process);
  }
}
