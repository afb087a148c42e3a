/** The part of RTCRtpSender that is used here. */
export type ParameterisedSender = Pick<RTCRtpSender, 'getParameters' | 'setParameters'>;

/**
 * Sends of one m-line's encodings those that somebody watches. The server says which; an encoding
 * it has not spoken of stays as it is.
 */
export class EncodingSwitch {
  readonly #sender: ParameterisedSender;
  readonly #wanted = new Map<string, boolean>();
  #queue: Promise<void> = Promise.resolve();

  constructor(sender: ParameterisedSender) {
    this.#sender = sender;
  }

  /** `rids`: by RTP stream id, '' where there is no simulcast. */
  async want(rids: Readonly<Record<string, boolean>>): Promise<void> {
    for (const [rid, wanted] of Object.entries(rids)) this.#wanted.set(rid, wanted);
    await this.apply();
  }

  /** Again, after the browser has been told something else. */
  apply(): Promise<void> {
    // One after the other: setParameters only takes what the last getParameters gave.
    const done = this.#queue.then(() => this.#apply());
    this.#queue = done.catch(() => {});
    return done;
  }

  async #apply(): Promise<void> {
    const parameters = this.#sender.getParameters();
    let changed = false;
    // Older Firefox has no encodings before the first negotiation.
    for (const encoding of parameters.encodings ?? []) {
      const wanted = this.#wanted.get(encoding.rid ?? '');
      if (wanted === undefined || encoding.active === wanted) continue;
      encoding.active = wanted;
      changed = true;
    }
    if (changed) await this.#sender.setParameters(parameters);
  }
}
