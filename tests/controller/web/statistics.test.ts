import assert from 'node:assert/strict';
import test from 'node:test';
import { parseQuality } from '../../../controller/web/src/client/quality.js';
import { cameraEncodings } from '../../../controller/web/src/client/video_options.js';
import { StatisticsReader, bitrateText } from '../../../controller/web/src/page/slot_statistics.js';

const inbound = (more: Record<string, unknown>): Record<string, unknown> => ({
  type: 'inbound-rtp',
  kind: 'video',
  mid: '7',
  timestamp: 1000,
  bytesReceived: 0,
  packetsReceived: 0,
  packetsLost: 0,
  frameWidth: 640,
  frameHeight: 360,
  framesPerSecond: 30,
  ...more,
});

test('rates are those between two looks', () => {
  const reader = new StatisticsReader();
  assert.equal(reader.read([inbound({})], null).get('7')?.bitrate, 0);
  const later = reader
    .read([inbound({ timestamp: 3000, bytesReceived: 250_000, packetsReceived: 98, packetsLost: 2 })], null)
    .get('7');
  assert.equal(later?.bitrate, 1_000_000);
  assert.equal(later?.lossPercent, 2);
  assert.equal(later?.height, 360);
  assert.equal(later?.server, null);
});

test('packets that came late after all are no negative loss', () => {
  const reader = new StatisticsReader();
  reader.read([inbound({ packetsLost: 5 })], null);
  assert.equal(reader.read([inbound({ timestamp: 2000, packetsLost: 3 })], null).get('7')?.lossPercent, 0);
});

test('what the server says is found by m-line, and what it does not say is not known', () => {
  const quality = parseQuality({
    transport: { estimate: 2_000_000, application_limited: true },
    slots: [
      { mid: '7', layer: { encoding: 1, spatial: 0, temporal: 2 }, reason: 'bandwidth', bitrate: 5 },
      { mid: '8', layer: null, target: null, reason: 'something new' },
      'nonsense',
    ],
  });
  const read = new StatisticsReader().read([inbound({}), inbound({ mid: '8' })], quality);
  assert.deepEqual(read.get('7')?.server?.layer, { encoding: 1, spatial: 0, temporal: 2 });
  assert.equal(read.get('7')?.server?.reason, 'bandwidth');
  assert.equal(read.get('7')?.estimate, 2_000_000);
  assert.equal(read.get('7')?.isLowerBound, true);
  assert.equal(read.get('8')?.server?.reason, null);
  assert.deepEqual(parseQuality({}), {
    estimate: null,
    isLowerBound: false,
    slots: [],
    details: {},
  });
});

test('bitrates are written as people write them', () => {
  assert.equal(bitrateText(1_449_000, 'en'), '1.4 Mbit/s');
  assert.equal(bitrateText(1_449_000, 'de'), '1,4 Mbit/s');
  assert.equal(bitrateText(180_400, 'en'), '180 kbit/s');
});

test('a camera is three streams, or one with layers in it', () => {
  assert.deepEqual(cameraEncodings({}).map(({ rid }) => rid), ['q', 'h', 'f']);
  assert.deepEqual(
    cameraEncodings({ codec: 'VP9' }).map((one) => one.scalabilityMode),
    ['L1T3', 'L1T3', 'L1T3'],
  );
  const single = cameraEncodings({ simulcast: false, scalabilityMode: 'L3T3_KEY' });
  assert.equal(single.length, 1);
  assert.equal(single[0]?.rid, undefined);
  assert.equal(single[0]?.scalabilityMode, 'L3T3_KEY');
});
