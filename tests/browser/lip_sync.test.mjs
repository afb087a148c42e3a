import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { Studio } from './studio.mjs';
import { until } from './waiting.mjs';

const MOST_MS = 80;
const CLAPS = 6;
const SIZE = { width: 640, height: 360 };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test('voice and picture stay together when a slot changes', { timeout: 150_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer('lip_sync', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const enter = (options) =>
      Studio.enter(chromium, server.origin, people, { room: 'claps', size: SIZE, ...options });
    await enter({ name: 'Ada', camera: {}, hue: 200, claps: { offset: 0 } });
    await enter({ name: 'Cleo', camera: {}, hue: 20, claps: { offset: 500 } });
    const ben = await enter({ name: 'Ben' });
    const mid = await ben.slotOf('Ada');
    await ben.slotOf('Cleo');
    const identity = async (name) =>
      (await ben.call('participants')).find((one) => one.name === name).identity;
    await ben.call('meterSkew');
    await step('the buffers settle', async () => {
      await until('eight claps', async () => (await ben.call('skews', { mid, since: 0 })).length >= 8, 20_000);
    });

    for (const name of ['Ada', 'Cleo', 'Ada']) {
      await step(`${name} in the slot`, async (inner) => {
        const who = await identity(name);
        await ben.call('view', [{ mid, participant: who }]);
        const switched = await ben.call('now');
        const skews = await until(
          `${CLAPS} claps`,
          async () => {
            const seen = await ben.call('skews', { mid, since: switched });
            return seen.length >= CLAPS && seen;
          },
          20_000,
        );
        const rounded = (values) => values.map((value) => Math.round(value)).join(' ');
        inner.diagnostic(`sound after picture: ${rounded(skews)} ms`);
        assert.ok(Math.abs(median(skews)) <= MOST_MS, `skew ${rounded(skews)} ms`);
      });
    }
  });
});
