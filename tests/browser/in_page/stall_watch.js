const TICK_MS = 20;

/** How badly the machine keeps its browsers waiting: the longest delay of a timer, in ms. */
export class StallWatch {
  #longest = 0;

  constructor() {
    let due = performance.now() + TICK_MS;
    setInterval(() => {
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - due);
      due = now + TICK_MS;
    }, TICK_MS);
  }

  /** Since the last call. */
  take() {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}
