import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { settings } from './settings.mjs';

const READY_MS = 20_000;
const STOP_MS = 10_000;
const SANITIZER = /ERROR: (Address|Leak)Sanitizer|runtime error:|CHECK failed/;

/** Process ids of the direct children of `pid` whose executable is named `name`. */
function childrenNamed(pid, name) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((child) => {
      try {
        const [command] = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
        // The fields after the name, which may contain spaces and brackets: state, parent.
        const stat = readFileSync(`/proc/${child}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === pid && path.basename(command) === name;
      } catch {
        return false;  // it ended while we looked
      }
    });
}

/** A running stellwerk with one worker on loopback. */
export class Server {
  #process;
  #exited;
  #log = '';

  static async start(name, flags = []) {
    const server = new Server();
    await server.#start(name, flags);
    return server;
  }

  async #start(name, flags) {
    const file = createWriteStream(path.join(settings.artifacts, `${name}.log`));
    this.#process = spawn(
      settings.server,
      [
        '--listen', '127.0.0.1:0',
        '--rtc-address', '127.0.0.1',
        '--rtc-port', '0',
        '--workers', '1',
        '--drain-timeout', '1',
        '--web-root', settings.webRoot,
        ...flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const keep = (line) => {
      this.#log += `${line}\n`;
      file.write(`${line}\n`);
    };
    createInterface(this.#process.stderr).on('line', keep);
    this.origin = await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`stellwerk ${why}\n${this.#log}`));
      const timer = setTimeout(() => {
        this.#process.kill('SIGKILL');
        fail(`was not ready within ${READY_MS} ms`);
      }, READY_MS);
      this.#process.once('error', (error) => fail(`did not start: ${error.message}`));
      this.#process.once('exit', (code) => fail(`ended with ${code}`));
      createInterface(this.#process.stdout).on('line', (line) => {
        keep(line);
        const ready = /^ready (http:\/\/\S+)$/.exec(line);
        if (!ready) return;
        clearTimeout(timer);
        resolve(ready[1].replace(/\/$/, ''));
      });
    });
    this.#process.removeAllListeners('exit');
    this.#exited = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  get log() {
    return this.#log;
  }

  workers() {
    return childrenNamed(this.#process.pid, 'stellwerk-worker');
  }

  /** Ends it as an operator would; throws if it, or a worker, complained on its way. */
  async stop() {
    if (!this.#process || this.#process.exitCode !== null) {
      throw new Error(`stellwerk had ended by itself with ${this.#process?.exitCode}\n${this.#log}`);
    }
    this.#process.kill('SIGTERM');
    const drain = setTimeout(() => this.#process.kill('SIGTERM'), STOP_MS / 2);
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    const code = await this.#exited;
    clearTimeout(drain);
    clearTimeout(hard);
    if (SANITIZER.test(this.#log)) throw new Error(`a sanitizer complained:\n${this.#log}`);
    if (code !== 0) throw new Error(`stellwerk ended with ${code}\n${this.#log}`);
  }
}
