import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { comparison, remarks, verdicts } from '../../../bench/peers/compare.mjs';

const row = (server, allCpuNs, more = {}) => ({
  scenario: 'video_100', title: '1 to 100', server, allCpuNs, packetsPerSecond: 40_000, invalid: [], ...more,
});
const judge = (...rows) => Object.fromEntries(verdicts(rows).map(({ server, verdict }) => [server, verdict]));

test('a bar is met by as many times less CPU per packet as it says', () => {
  deepEqual(judge(row('stellwerk', 3000), row('janus', 12_000), row('janus-openssl', 7_400), row('livekit', 2000)), {
    janus: 'met',
    'janus-openssl': 'MISSED',
    livekit: 'no bar',
  });
});

test('who forwarded other packets than ours is not compared', () => {
  const rows = [row('stellwerk', 3000), row('janus', 20_000, { packetsPerSecond: 27_000 })];
  deepEqual(judge(...rows), { janus: 'NOT COMPARABLE' });
  deepEqual(remarks(rows), ['janus video_100: forwarded 68 % of the packets that ours did (~)']);
  deepEqual(judge(rows[0], row('janus', 20_000, { packetsPerSecond: 39_000 })), { janus: 'met' });
});

test('nor is a run that failed, of theirs or of ours', () => {
  deepEqual(judge(row('stellwerk', 3000), row('janus', 20_000, { invalid: ['it fell over'] })), { janus: 'NOT COMPARABLE' });
  deepEqual(judge(row('stellwerk', 3000, { invalid: ['it fell over'] }), row('janus', 20_000)), { janus: 'NOT COMPARABLE' });
  const nothing = { invalid: ['nothing was forwarded'], packetsPerSecond: undefined };
  deepEqual(judge(row('stellwerk', 3000), row('janus', undefined, nothing)), { janus: 'NOT COMPARABLE' });
});

test('other scenarios have no bar', () => {
  equal(verdicts([row('stellwerk', 3000, { scenario: 'video_10' }), row('janus', 4000, { scenario: 'video_10' })]).length, 0);
});

test('the tables have the floor and all servers', () => {
  const text = comparison([row('stellwerk', 3000, { floor: { cpuNs: 2000 } }), row('janus', 12_000)]);
  match(text, /scenario +floor ns +stellwerk ns +janus ns +ours\/floor +janus\/ours\nvideo_100 +2000 +3000 +12000 +1\.50 +4\.00\n/);
  match(text, /janus +1\/4\.00 +1\/4 +met\n/);
});
