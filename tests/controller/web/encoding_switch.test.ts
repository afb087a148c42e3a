import assert from 'node:assert/strict';
import test from 'node:test';
import {
  EncodingSwitch,
  type ParameterisedSender,
} from '../../../controller/web/src/client/encoding_switch.js';

/** Like a browser: setParameters takes only what the last getParameters gave, and takes its time. */
class FakeSender {
  encodings: { rid?: string; active: boolean }[];
  sets = 0;
  fail = false;
  #transaction = 0;

  constructor(rids: (string | undefined)[]) {
    this.encodings = rids.map((rid) => ({ ...(rid !== undefined && { rid }), active: true }));
  }
  getParameters(): { transactionId: string; encodings: { rid?: string; active: boolean }[] } {
    this.#transaction += 1;
    return {
      transactionId: String(this.#transaction),
      encodings: this.encodings.map((encoding) => ({ ...encoding })),
    };
  }
  async setParameters(parameters: ReturnType<FakeSender['getParameters']>): Promise<void> {
    assert.equal(parameters.transactionId, String(this.#transaction), 'stale parameters');
    await new Promise((resolve) => setImmediate(resolve));
    if (this.fail) throw new Error('refused');
    this.sets += 1;
    this.encodings = parameters.encodings;
  }
  get active(): boolean[] {
    return this.encodings.map(({ active }) => active);
  }
}

const switchOf = (sender: FakeSender): EncodingSwitch =>
  new EncodingSwitch(sender as unknown as ParameterisedSender);

test('what nobody watches is not sent, and comes back', async () => {
  const sender = new FakeSender(['q', 'h', 'f']);
  const encodings = switchOf(sender);
  await encodings.want({ q: true, h: false, f: false });
  assert.deepEqual(sender.active, [true, false, false]);
  await encodings.want({ f: true });
  assert.deepEqual(sender.active, [true, false, true]);
});

test('wishes in quick succession end in the last one', async () => {
  const sender = new FakeSender(['q', 'h', 'f']);
  const encodings = switchOf(sender);
  await Promise.all([
    encodings.want({ f: false }),
    encodings.want({ f: true, h: false }),
    encodings.want({ h: true, q: false }),
  ]);
  assert.deepEqual(sender.active, [false, true, true]);
});

test('nothing is set that is so already', async () => {
  const sender = new FakeSender(['q', 'h']);
  const encodings = switchOf(sender);
  await encodings.want({ q: true, h: true, unknown: false });
  assert.equal(sender.sets, 0);
});

test('without simulcast the one stream has an empty rid', async () => {
  const sender = new FakeSender([undefined]);
  await switchOf(sender).want({ '': false });
  assert.deepEqual(sender.active, [false]);
});

test('a refusal is told, and the next wish is tried all the same', async () => {
  const sender = new FakeSender(['q', 'h']);
  const encodings = switchOf(sender);
  sender.fail = true;
  await assert.rejects(encodings.want({ h: false }), /refused/);
  sender.fail = false;
  await encodings.want({ q: true });
  assert.deepEqual(sender.active, [true, false]);
});
