import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { switchesLayers } from './layer_switching.mjs';
import { withServer } from './stage.mjs';

/** Spatial layers, lowest first, are as high as `heights`. */
const SIZE = { width: 960, height: 544 };  // every layer's sides are even
const CASES = [
  { title: 'VP8 simulcast', camera: { codec: 'VP8' }, heights: [136, 272, 544] },
  { title: 'VP9 SVC, L3T3_KEY', camera: { codec: 'VP9', simulcast: false, scalabilityMode: 'L3T3_KEY' }, heights: [136, 272, 544] },
  { title: 'VP9 SVC, L3T3', camera: { codec: 'VP9', simulcast: false, scalabilityMode: 'L3T3' }, heights: [136, 272, 544] },
  { title: 'VP9 simulcast, L1T3', camera: { codec: 'VP9' }, heights: [136, 272, 544] },
  { title: 'AV1 SVC, L1T3', camera: { codec: 'AV1', simulcast: false, scalabilityMode: 'L1T3' }, heights: [544] },
  { title: 'AV1 SVC, L3T3_KEY', camera: { codec: 'AV1', simulcast: false, scalabilityMode: 'L3T3_KEY' }, heights: [136, 272, 544] },
  { title: 'AV1 SVC, L2T3_KEY', camera: { codec: 'AV1', simulcast: false, scalabilityMode: 'L2T3_KEY' }, heights: [272, 544] },
  { title: 'H264 simulcast, L1T3', camera: { codec: 'H264' }, heights: [136, 272, 544] },
];

test('layers between two Chromium tabs', { timeout: 400_000 }, async (t) => {
  await withServer('layers', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    for (const { title, camera, heights } of CASES) {
      if (process.env.STELLWERK_CASE && !new RegExp(process.env.STELLWERK_CASE).test(title)) continue;
      await t.test(title, async (inner) => {
        const figures = await switchesLayers({
          origin: server.origin,
          publisher: chromium,
          viewer: chromium,
          people,
          room: title.replaceAll(/\W+/g, '-'),
          camera,
          size: SIZE,
          heights,
        });
        inner.diagnostic(figures);
      });
    }
    assert.ok(true);
  });
});
