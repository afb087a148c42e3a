import assert from 'node:assert/strict';
import test from 'node:test';
import { addressForFirefox, launchChromium, launchFirefox } from './browsers.mjs';
import { Participant } from './participant.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { until } from './waiting.mjs';

test('a Firefox among two Chromium tabs', { timeout: 150_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer(
    'firefox',
    [launchChromium, launchFirefox],
    async ({ server, browsers: [chromium, firefox], people }) => {
      const enter = (browser, name) =>
        Participant.join(browser, server.origin, 'mixed', name, people);
      const ada = await enter(chromium, 'Ada');
      const fox = await enter(firefox, 'Fox');

      await step('both browsers decode each other', async () => {
        await ada.perceives([fox]);
        await fox.perceives([ada]);
      });

      const cleo = await enter(chromium, 'Cleo');

      await step('who joins late has every picture within a second of the answer', async () => {
        const frames = await until('both first frames', async () => {
          const times = await cleo.firstFrames();
          return times.length >= 2 && times;
        });
        t.diagnostic(`first frames after ${frames.map(Math.round).join(' and ')} ms`);
        assert.ok(Math.max(...frames) < 1000, `first frames after ${frames} ms`);
      });

      await step('everyone decodes both others', async () => {
        await cleo.perceives([ada, fox]);
        await ada.perceives([fox, cleo]);
        await fox.perceives([ada, cleo]);
        await fox.screenshot('firefox');
      });

      await step('the Firefox reloads and is back', async () => {
        await fox.page.reload();
        await fox.connected();
        await fox.perceives([ada, cleo]);
        await ada.perceives([fox, cleo]);
      });

      await step('the Firefox hears of a goodbye', async () => {
        await cleo.page.click('[data-control=leave]');
        await fox.perceives([ada]);
        await ada.perceives([fox]);
        await fox.assertKeepsToItself();
      });
    },
    addressForFirefox(),
  );
});
