const MOST_FRAMES = 3000;

/** Every frame that a video element presents: when, and of which size. */
export class FrameLog {
  #frames = [];
  #waiting = new Set();

  constructor(video) {
    const next = (now, { width, height }) => {
      const frame = { time: now, width, height };
      this.#frames.push(frame);
      if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
      for (const check of this.#waiting) check(frame);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  }

  since(time) {
    return this.#frames.filter((frame) => frame.time >= time);
  }

  /** The first frame of all; null after `timeout` ms. */
  first(timeout) {
    return this.#frames[0] ?? this.waitFor(() => true, 0, timeout);
  }

  /** The first frame from `since` on that is `wanted`; null after `timeout` ms. */
  waitFor(wanted, since, timeout) {
    return new Promise((resolve) => {
      const end = (frame) => {
        this.#waiting.delete(check);
        clearTimeout(timer);
        resolve(frame);
      };
      const check = (frame) => {
        if (frame.time >= since && wanted(frame)) end(frame);
      };
      const timer = setTimeout(() => end(null), timeout);
      this.#waiting.add(check);
    });
  }
}
