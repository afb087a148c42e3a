// Janus with its VideoRoom, as Debian has it, or with another libsrtp2.
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { listening, start, stop } from '../forward/processes.mjs';
import { ADDRESS } from './network.mjs';

const PORT = 8188;
const UNUSED_PLUGINS = [
  'audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail',
].map((name) => `libjanus_${name}.so`);
const UNUSED_TRANSPORTS = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'].map((name) => `libjanus_${name}.so`);

// What is not said is as Janus has it.
const FILES = {
  'janus.jcfg': ({ eventLoops }) => `
general: {
  log_to_stdout = true
  debug_level = 2
  ${eventLoops ? `event_loops = ${eventLoops}` : ''}
}
media: { rtp_port_range = "20000-29999" }
plugins: { disable = "${UNUSED_PLUGINS}" }
transports: { disable = "${UNUSED_TRANSPORTS}" }
`,
  'janus.transport.websockets.jcfg': () => `general: {\n  ws = true\n  ws_ip = "${ADDRESS}"\n  ws_port = ${PORT}\n}\n`,
  'janus.plugin.videoroom.jcfg': () => 'general: {}\n',
};

const versionOf = (name) => execFileSync('dpkg-query', ['-W', '-f=${Version}', name], { encoding: 'utf8' });

export class Janus {
  /** `libraries`: a folder with the libsrtp2 to use; absent: the installed one. `eventLoops`: threads that serve all
   * connections; 0: one for each, as is Janus's default. */
  constructor({ folder, name = 'janus', libraries, eventLoops = 0 }) {
    Object.assign(this, { folder: join(folder, name), name, libraries, eventLoops });
    this.address = ADDRESS;
    this.target = [`ws://${ADDRESS}:${PORT}`];
  }

  describe() {
    const crypto = this.libraries
      ? `on OpenSSL ${versionOf('libssl3')} (rebuilt from Debian's source)`
      : `on NSS ${versionOf('libnss3')}, as Debian builds it`;
    const threads = this.eventLoops ? `${this.eventLoops} event loops` : 'a thread for each connection (its default)';
    return `Janus ${versionOf('janus')}, VideoRoom, ${threads}; libsrtp2 ${versionOf('libsrtp2-1')} ${crypto}`;
  }

  async start() {
    mkdirSync(this.folder, { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(this.folder, name), text(this));
    const log = join(this.folder, 'log');
    const env = this.libraries ? { LD_LIBRARY_PATH: this.libraries } : {};
    // It needs several descriptors for each connection.
    const command = ['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec janus "$@"', 'sh', `--configs-folder=${this.folder}`];
    this.process = start(command, { log, env });
    await listening(this.process, ADDRESS, PORT, log);
    this.#checkLibsrtp();
  }

  // That the one to be measured is in use.
  #checkLibsrtp() {
    const [used] = /\/\S*libsrtp2\S*/.exec(readFileSync(`/proc/${this.process.pid}/maps`, 'utf8')) ?? [];
    const wanted = this.libraries && realpathSync(this.libraries);
    if (!used || (wanted && !used.startsWith(wanted)) || (!wanted && !used.startsWith('/usr/lib/'))) {
      throw new Error(`Janus uses ${used ?? 'no libsrtp2'}, not that of ${wanted ?? 'the system'}`);
    }
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
