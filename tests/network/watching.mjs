const PERIOD_MS = 250;

/** Notes four times a second what a slot shows, what the server says and what the link has carried. */
export class Watch {
  samples = [];
  #stopped = false;

  constructor(studio, mid, link) {
    this.began = performance.now();
    this.work = this.#run(studio, mid, link);
  }

  async #run(studio, mid, link) {
    while (!this.#stopped) {
      const at = this.seconds();
      const [counters, quality, stats] = await Promise.all([
        studio.call('counters', mid),
        studio.call('quality').catch(() => null),
        link.stats(),
      ]);
      if (counters) {
        this.samples.push({
          at,
          estimate: quality?.estimate ?? null,
          delivered: stats.down.bytes,
          lost: stats.down.lost + stats.down.queue_full,
          ...counters,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
    }
  }

  seconds() {
    return (performance.now() - this.began) / 1000;
  }

  async stop() {
    this.#stopped = true;
    await this.work;
  }

  between(from, until) {
    return this.samples.filter(({ at }) => at >= from && at < until);
  }

  /** What changed of a counter between two times. */
  change(counter, from, until) {
    const samples = this.between(from, until);
    return samples.length > 0 ? samples.at(-1)[counter] - samples[0][counter] : 0;
  }

  /** kbit/s over the link, all headers included. */
  rate(from, until) {
    const samples = this.between(from, until);
    const seconds = samples.at(-1).at - samples[0].at;
    return (8 * this.change('delivered', from, until)) / seconds / 1000;
  }

  /** The mean estimate, kbit/s; null if the server never told. */
  estimate(from, until) {
    const known = this.between(from, until).filter(({ estimate }) => estimate !== null);
    return known.length > 0
      ? known.reduce((sum, { estimate }) => sum + estimate, 0) / known.length / 1000
      : null;
  }

  /** When, from `from` on, pictures first had this height (or for `below`, less); null: never. */
  firstAt(from, height) {
    return this.samples.find(({ at, frameHeight }) => at >= from && frameHeight === height)?.at ?? null;
  }
  firstBelow(from, height) {
    return this.samples.find(({ at, frameHeight }) => at >= from && frameHeight < height)?.at ?? null;
  }
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
