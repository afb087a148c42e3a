/**
 * Waiting times between attempts: doubling from `first` to `longest`, each spread over its upper half
 * so that the clients of a server that went away do not all come back in the same moment.
 */
export class Backoff {
  #attempts = 0;

  constructor(
    private readonly first = 400,
    private readonly longest = 10_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  next(): number {
    const ceiling = Math.min(this.longest, this.first * 2 ** Math.min(this.#attempts, 30));
    this.#attempts += 1;
    return Math.round(ceiling * (0.5 + 0.5 * this.random()));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
