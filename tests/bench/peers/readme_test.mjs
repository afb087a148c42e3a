import { equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { fill, forwardTable, kindOf, peersTable } from '../../../bench/peers/readme.mjs';

const valid = { invalid: [], packetsPerSecond: 40_000, title: '1 to 100', scenario: 'video_100' };

test('what stands between the marks is replaced, and nothing else', () => {
  const text = 'a\n<!-- peers -->\nold\nolder\n<!-- /peers -->\nb\n<!-- /peers -->\n';
  equal(fill(text, 'peers', 'costs $1\n'), 'a\n<!-- peers -->\ncosts $1\n<!-- /peers -->\nb\n<!-- /peers -->\n');
  throws(() => fill(text, 'forward', ''), /no <!-- forward -->/);
});

test('runs that do not count are left out', () => {
  const row = { ...valid, cores: 0.12, cpuNs: 3000, userNs: 1000, floor: { cpuNs: 2000 }, segmentsPerSend: 3.9 };
  const table = forwardTable({ results: [row, { ...row, invalid: ['late'] }, { ...row, idle: true }] });
  equal(table.split('\n').length, 4);
  equal(table.split('\n')[2], '| 1 to 100 | 40000 | 12 | 3.00 | 1.00 | 2.00 | 1.50 | 3.9 |');
  throws(() => forwardTable({ results: [{ ...row, invalid: ['late'] }] }), /no valid figures/);
});

test('servers that forwarded other packets have no figure', () => {
  const software = { stellwerk: '0.1.0', janus: '1.1.2', livekit: '1.7' };
  const results = [
    { ...valid, server: 'stellwerk', allCpuNs: 3000, floor: { cpuNs: 2000 } },
    { ...valid, server: 'janus', allCpuNs: 21_000 },
    { ...valid, server: 'livekit', allCpuNs: 12_000, packetsPerSecond: 20_000 },
  ];
  throws(() => peersTable({ results: [results[0], results[2]], software }), /no valid figures/);
  const lines = peersTable({ results, software }).split('\n');
  equal(lines[2], '| 1 to 100 | 2.00 | 3.00 | 21.00 (7.0 ×) | — |');
  equal(lines[4], '- `stellwerk`: 0.1.0');
});

test('of the kernel only its version counts', () => {
  equal(kindOf('AMD EPYC, Linux 6.18.44-some-build', 2), 'AMD EPYC, Linux 6.18, 2 cores');
});
