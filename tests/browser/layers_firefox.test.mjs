import test from 'node:test';
import { addressForFirefox, launchChromium, launchFirefox } from './browsers.mjs';
import { switchesLayers } from './layer_switching.mjs';
import { withServer } from './stage.mjs';

const SIZE = { width: 960, height: 544 };
const THREE = [136, 272, 544];
const SVC = { codec: 'VP9', simulcast: false, scalabilityMode: 'L3T3_KEY' };
/** It has two temporal layers, and takes pictures from a canvas less often than it is told to. */
const FIREFOX_TEMPORAL = { layers: 2, share: 0.4 };
/** Firefox sends simulcast and no SVC, and shows what Chromium sends in any way. */
const CASES = [
  { title: 'Firefox sends VP8 simulcast', from: 'firefox', camera: { codec: 'VP8' }, temporal: FIREFOX_TEMPORAL },
  { title: 'Firefox shows VP8 simulcast', from: 'chromium', camera: { codec: 'VP8' } },
  { title: 'Firefox shows VP9 SVC', from: 'chromium', camera: SVC },
  { title: 'Firefox shows AV1 SVC', from: 'chromium', camera: { ...SVC, codec: 'AV1', scalabilityMode: 'L2T3_KEY' }, heights: [272, 544] },
  { title: 'Firefox sends VP8 simulcast, encrypted but for 10 and 3 bytes', from: 'firefox', camera: { codec: 'VP8' }, temporal: FIREFOX_TEMPORAL, scrambled: 'vp8' },
  { title: 'Firefox shows VP9 SVC, encrypted in every byte', from: 'chromium', camera: SVC, scrambled: 'whole' },
];

const launchOpenFirefox = () => launchFirefox({ bypassContentSecurity: true });

test('layers between Firefox and Chromium', { timeout: 400_000 }, async (t) => {
  await withServer(
    'layers_firefox',
    [launchChromium, launchOpenFirefox],
    async ({ server, browsers: [chromium, firefox], people }) => {
      for (const { title, from, heights = THREE, ...rest } of CASES) {
        if (process.env.STELLWERK_CASE && !new RegExp(process.env.STELLWERK_CASE).test(title)) continue;
        await t.test(title, async (inner) => {
          inner.diagnostic(await switchesLayers({
            origin: server.origin,
            publisher: from === 'firefox' ? firefox : chromium,
            viewer: from === 'firefox' ? chromium : firefox,
            people,
            room: title.replaceAll(/\W+/g, '-'),
            heights,
            size: SIZE,
            ...rest,
          }));
        });
      }
    },
    addressForFirefox(),
  );
});
