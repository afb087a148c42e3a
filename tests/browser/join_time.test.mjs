import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { withServer } from './stage.mjs';
import { Studio } from './studio.mjs';

const JOINS = 9;
/** From the answer's arrival to the first picture on the screen. */
const MEDIAN_MS = 250;

test('the first picture after joining a running room', { timeout: 120_000 }, async (t) => {
  await withServer('join_time', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const room = 'running';
    const ada = await Studio.enter(chromium, server.origin, people, {
      room, name: 'Ada', camera: {}, size: { width: 960, height: 544 }, hue: 100, microphone: true,
    });
    const times = [];
    for (let i = 0; i <= JOINS; ++i) {
      const ben = await Studio.enter(chromium, server.origin, people, { room, name: `Ben ${i}` });
      const mid = await ben.slotOf('Ada');
      const milliseconds = await ben.call('firstFrameAfterAnswer', mid);
      assert.notEqual(milliseconds, null, 'a first frame');
      if (i > 0) times.push(milliseconds);  // the very first waits for Ada's encoder to start
      people.splice(people.indexOf(ben), 1);
      await ben.call('leave');
      await ben.close();
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    const keyframes = (await ada.call('sent')).map(({ keyframes: count }) => count);
    t.diagnostic(
      `first frame after the answer, ${JOINS} joins: median ${median.toFixed(0)} ms, ` +
        `all ${times.map((time) => time.toFixed(0)).join(' ')} ms; the publisher made ${keyframes} keyframes`,
    );
    assert.ok(median <= MEDIAN_MS, `median ${median} ms`);
  });
});
