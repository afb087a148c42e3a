import { existsSync, mkdtempSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../browser/browsers.mjs';
import { settings } from '../browser/settings.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Where servers listen in the namespace of in_namespace.sh; what is beyond the link gets there, too. */
export const SERVER_ADDRESS = '198.51.100.1';
export const SERVER_PORT = 8080;
const ORIGIN = `http://${SERVER_ADDRESS}:${SERVER_PORT}`;
export const serverFlags = ['--listen', `${SERVER_ADDRESS}:${SERVER_PORT}`, '--rtc-address', SERVER_ADDRESS];
// Without TLS a page may use camera and crypto on localhost only.
const flags = [`--unsafely-treat-insecure-origin-as-secure=${ORIGIN}`];

export const nearChromium = () => launchChromium({ flags });

/** The link around a browser; to be changed while the browser runs. */
export class Link {
  #socket;
  #answers;

  /** A launcher, as for nearChromium, of a Chromium whose network is `up` and `down` (see link_text.h). */
  launcher({ up, down }) {
    const program = path.join(path.dirname(settings.server), 'tun_link');
    if (!existsSync(program)) throw new Error(`${program} does not exist: build it`);
    const control = path.join(mkdtempSync(path.join(os.tmpdir(), 'link-')), 'control');
    return async () => {
      const browser = await launchChromium({
        flags,
        executable: path.join(here, 'through_link.sh'),
        environment: {
          LINK_PROGRAM: program,
          LINK_BROWSER: settings.chromium,
          LINK_UP: up,
          LINK_DOWN: down,
          LINK_CONTROL: control,
        },
      });
      this.#socket = net.connect(control);
      this.#answers = createInterface(this.#socket)[Symbol.asyncIterator]();
      return { ...browser, close: () => this.#close(browser) };
    };
  }

  async #close(browser) {
    this.#socket.destroy();
    await browser.close();
  }

  async #ask(line) {
    this.#socket.write(`${line}\n`);
    const { value = 'error: the link has ended' } = await this.#answers.next();
    if (value.startsWith('error')) throw new Error(value);
    return value;
  }

  /** "rate_kbps=500 delay_ms=25": from now on. */
  setDown(link) {
    return this.#ask(`down ${link}`);
  }

  /** Counters of both directions. */
  async stats() {
    return JSON.parse(await this.#ask('stats'));
  }
}
