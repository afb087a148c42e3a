import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { meanFrame, quantile, samplesOf, traceOf, transitOf } from '../../../bench/forward/transit.mjs';

// 100 packets of frames of one, 300 of frames of three.
const SAMPLES = samplesOf([
  { packets: 1, count: 100, points: [[1, 0.5], [2, 1]] },
  { packets: 3, count: 300, points: [[3, 0.5], [4, 0.99], [9, 1]] },
]);

test('quantiles weigh points by the packets that they stand for', () => {
  equal(quantile(SAMPLES, 0.125), 1);
  equal(quantile(SAMPLES, 0.25), 2);
  equal(quantile(SAMPLES, 0.5), 3);
  equal(quantile(SAMPLES, 0.99), 4);
  equal(quantile(SAMPLES, 1), 9);
  equal(quantile([], 0.5), undefined);
});

test('the trace has bursts as often as there are frames of their length', () => {
  equal(meanFrame(SAMPLES), 2);
  const trace = traceOf(SAMPLES, 10);
  deepEqual([...trace].sort(), [1, 1, 1, 1, 1, 3, 3, 3, 3, 3]);
  ok(trace.some((length, i) => i > 0 && length !== trace[i - 1]));
  deepEqual(traceOf(samplesOf([{ packets: 40, count: 40, points: [[1, 1]] }]), 2), [16, 16]);
  deepEqual(traceOf([]), []);
});

test('a burst is served within its own frame’s time', () => {
  // 0.5 ms for each packet of a frame to all viewers.
  const row = { transitSamples: SAMPLES, cpuNs: 1000 };
  const { p50, p99, burst, beyond, verdict } = transitOf(row, { viewers: 500, bar: 2.5 });
  equal(p50, 3);
  equal(p99, 4);
  equal(burst, 1);
  equal(beyond, 2.5); // of 4 ms for one of three
  equal(verdict, 'met');
  equal(transitOf(row, { viewers: 500, bar: 2.4 }).verdict, 'MISSED');
});

test('what pacing may have done is told apart', () => {
  const row = { transitSamples: SAMPLES, cpuNs: 1000, waited: { share: 0.5 } };
  const transit = transitOf(row, { bar: 3 });
  equal(transit.beyond, undefined);
  equal(transit.p99, 4);
  equal(transit.unpaced, 3);
  equal(transit.verdict, 'pacing');
});
