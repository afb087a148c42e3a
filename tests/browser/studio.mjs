import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './waiting.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const web = path.join(here, '../../controller/web');
let bundle;

/** What runs in the page: the client library and what drives and watches it, as one script. */
async function script() {
  const { build } = createRequire(path.join(web, 'package.json'))('esbuild');
  const bundled = async (file, define = {}) => {
    const result = await build({
      entryPoints: [path.join(here, 'in_page', file)],
      bundle: true,
      write: false,
      format: 'iife',
      define,
      logLevel: 'warning',
    });
    return result.outputFiles[0].text;
  };
  const worker = await bundled('scramble_worker.js');
  return bundled('studio.js', { SCRAMBLE_WORKER: JSON.stringify(worker) });
}

/** Someone in a call who uses the client library without the page: for codecs, layers and figures. */
export class Studio {
  static async enter(browser, origin, people, options) {
    bundle ??= script();
    const studio = new Studio(await browser.newPage({ bypassContentSecurity: true }), options.name);
    people.push(studio);
    await studio.page.goto(`${origin}/healthz`);
    await studio.page.evaluate(await bundle);
    await studio.call('enter', options);
    await until(`${options.name} is connected`, async () => (await studio.call('phase')) === 'connected');
    return studio;
  }

  constructor(page, name) {
    this.page = page;
    this.name = name;
  }

  call(what, ...parameters) {
    return this.page.evaluate(
      ({ method, values }) => globalThis.__studio[method](...values),
      { method: what, values: parameters },
    );
  }

  /** The video slot that shows `name`. */
  slotOf(name) {
    return until(`${this.name} has a slot with ${name}`, async () => {
      const someone = (await this.call('participants')).find((one) => one.name === name);
      const slots = await this.call('slots');
      return slots.find(
        ({ kind, identity, status }) =>
          kind === 'video' && identity !== null && identity === someone?.identity && status === 'active',
      )?.mid;
    });
  }

  /** Waits until pictures of `height` are decoded in `mid`. */
  async decodes(mid, height, timeout = 20_000) {
    let last;
    await until(
      `${this.name} decodes ${height} lines`,
      async () => {
        last = await this.call('counters', mid);
        return last?.frameHeight === height && last.framesDecoded > 0;
      },
      timeout,
    ).catch((error) => {
      throw new Error(`${error.message}; counters ${JSON.stringify(last)}`);
    });
  }

  close() {
    return this.page.close();
  }

  screenshot() {
    return Promise.resolve();
  }
}

/** The longest wait between two frames, in ms. */
export function longestGap(frames) {
  let longest = 0;
  for (let i = 1; i < frames.length; ++i) longest = Math.max(longest, frames[i].time - frames[i - 1].time);
  return longest;
}
