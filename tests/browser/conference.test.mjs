import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { Participant } from './participant.mjs';
import { THREE_LAYER_CAMERA } from './probe.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { until } from './waiting.mjs';

test('three Chromium tabs in one conference', { timeout: 150_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer('conference', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const enter = (name, options) =>
      Participant.join(chromium, server.origin, 'conference', name, people, options);
    const ada = await enter('Ada', { camera: THREE_LAYER_CAMERA });
    const ben = await enter('Ben');

    await step('two see and hear each other', async () => {
      await ada.perceives([ben]);
      await ben.perceives([ada]);
    });

    const cleo = await enter('Cleo');

    await step('who joins late has every picture within a second of the answer', async () => {
      const frames = await until('both first frames', async () => {
        const times = await cleo.firstFrames();
        return times.length >= 2 && times;
      });
      t.diagnostic(`first frames after ${frames.map(Math.round).join(' and ')} ms`);
      assert.ok(Math.max(...frames) < 1000, `first frames after ${frames} ms`);
    });

    await step('everyone decodes both others', async () => {
      await cleo.perceives([ada, ben]);
      await ada.perceives([ben, cleo]);
      await ben.perceives([ada, cleo]);
    });

    await step('the camera is sent in three layers', async () => {
      const layers = await until('three layers', async () => {
        const sent = await ada.page.evaluate(() => globalThis.__probe.outbound());
        return sent.filter(({ framesEncoded }) => framesEncoded > 0).length === 3 && sent;
      });
      assert.deepEqual(layers.map(({ rid }) => rid).sort(), ['f', 'h', 'q']);
    });

    await step('the page keeps to itself, on a desk and on a phone', async () => {
      await ada.screenshot('conference');
      await ada.page.resize(360, 740);
      await until('phone layout', async () => (await ada.count('.tile')) === 3);
      const overflow = await ada.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, 'nothing sticks out at 360 px');
      await ada.screenshot('conference-phone');
      await ada.page.resize(1280, 800);
      await ada.assertKeepsToItself();
    });

    await step('who reloads is back in the same place', async () => {
      const before = await ada.identityOf('Ben');
      await ben.page.reload();
      await ben.connected();
      await ben.perceives([ada, cleo]);
      await ada.perceives([ben, cleo]);
      await cleo.perceives([ada, ben]);
      assert.equal(await ada.identityOf('Ben'), before);
    });

    await step('who leaves is gone, the others stay', async () => {
      await cleo.page.click('[data-control=leave]');
      await until('the goodbye', () => cleo.has('.ended'));
      await ada.perceives([ben]);
      await ben.perceives([ada]);
    });

    await step('who closes the tab is gone after the grace time', async () => {
      await ben.page.close();
      people.splice(people.indexOf(ben), 1);
      await until('Ada is alone', async () => (await ada.seen()).length === 0, 40_000);
    });
  });
});
