import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { switchesLayers } from './layer_switching.mjs';
import { withServer } from './stage.mjs';
import { Studio } from './studio.mjs';

const SIZE = { width: 960, height: 544 };
const THREE = [136, 272, 544];
/** `scrambled`: what of the payload keeps its meaning, see in_page/scramble.js. */
const CASES = [
  { title: 'VP9 simulcast, every byte', scrambled: 'whole', camera: { codec: 'VP9' } },
  { title: 'VP9 SVC, every byte', scrambled: 'whole', camera: { codec: 'VP9', simulcast: false, scalabilityMode: 'L3T3_KEY' } },
  { title: 'VP8 simulcast, every byte, layers by the Dependency Descriptor', scrambled: 'whole', encrypted: true, camera: { codec: 'VP8' } },
  { title: 'VP8 simulcast, all but 10 and 3 bytes', scrambled: 'vp8', camera: { codec: 'VP8' } },
  { title: 'AV1 SVC, all but OBU headers', scrambled: 'av1', heights: [272, 544], camera: { codec: 'AV1', simulcast: false, scalabilityMode: 'L2T3_KEY' } },
  { title: 'H264 simulcast, all but NAL headers', scrambled: 'h264', camera: { codec: 'H264' } },
];

test('encrypted payloads between two Chromium tabs', { timeout: 400_000 }, async (t) => {
  await withServer('encrypted', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    for (const { title, camera, scrambled, encrypted, heights = THREE } of CASES) {
      if (process.env.STELLWERK_CASE && !new RegExp(process.env.STELLWERK_CASE).test(title)) continue;
      await t.test(title, async (inner) => {
        inner.diagnostic(await switchesLayers({
          origin: server.origin,
          publisher: chromium,
          viewer: chromium,
          people,
          room: title.replaceAll(/\W+/g, '-'),
          camera, scrambled, encrypted, heights,
          size: SIZE,
        }));
      });
    }

    const eve = 'who has no key sees nothing';
    if (process.env.STELLWERK_CASE && !new RegExp(process.env.STELLWERK_CASE).test(eve)) return;
    await t.test(eve, async () => {
      const room = 'secret';
      const enter = (options) => Studio.enter(chromium, server.origin, people, { room, ...options });
      await enter({ name: 'Ada', camera: { codec: 'VP9' }, size: SIZE, hue: 200, scrambled: 'whole' });
      const ben = await enter({ name: 'Ben', scrambled: 'whole' });
      const stranger = await enter({ name: 'Eve' });
      await ben.decodes(await ben.slotOf('Ada'), SIZE.height);
      const { framesDecoded, bytesReceived } = await stranger.call('counters', await stranger.slotOf('Ada'));
      assert.ok(bytesReceived > 0, 'she is sent something');
      assert.equal(framesDecoded, 0);
    });
  });
});
