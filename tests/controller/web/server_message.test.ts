import assert from 'node:assert/strict';
import test from 'node:test';
import {
  MessageFault,
  parseServerMessage,
} from '../../../controller/web/src/client/server_message.js';

const parse = (value: unknown): unknown => parseServerMessage(JSON.stringify(value));

test('a welcome is read with everybody and the limits', () => {
  assert.deepEqual(
    parse({
      type: 'welcome',
      version: 1,
      participant: { identity: 'a' },
      secret: 's',
      room: 'r',
      resumed: true,
      participants: [
        {
          identity: 'b',
          name: 'Ben',
          tracks: [{ id: 't', kind: 'video', source: 'screen', muted: true }],
        },
      ],
      limits: { audio_slots: 2, video_slots: 3 },
    }),
    {
      type: 'welcome',
      identity: 'a',
      secret: 's',
      room: 'r',
      resumed: true,
      participants: [
        {
          identity: 'b',
          name: 'Ben',
          tracks: [{ id: 't', kind: 'video', source: 'screen', muted: true }],
        },
      ],
      limits: { audioSlots: 2, videoSlots: 3 },
    },
  );
});

test('somebody without a name is called by the identity', () => {
  assert.deepEqual(parse({ type: 'joined', participant: { identity: 'b' } }), {
    type: 'joined',
    participant: { identity: 'b', name: 'b', tracks: [] },
  });
});

test('absurd limits do not make a thousand m-lines', () => {
  const welcome = parse({
    type: 'welcome',
    participant: { identity: 'a' },
    participants: [],
    limits: { audio_slots: 1e6, video_slots: -1 },
  });
  assert.deepEqual((welcome as { limits: unknown }).limits, { audioSlots: 50, videoSlots: 0 });
});

test('a slot without a person is empty, with one it is active', () => {
  assert.deepEqual(
    parse({
      type: 'slots',
      slots: [
        { mid: '3', identity: null, track: null },
        { mid: '4', identity: 'b', track: 't' },
        { mid: '5', identity: 'b', track: 't', status: 'codec_unsupported', csrc: 7 },
      ],
    }),
    {
      type: 'slots',
      slots: [
        { mid: '3', identity: null, track: null, status: 'empty' },
        { mid: '4', identity: 'b', track: 't', status: 'active' },
        { mid: '5', identity: 'b', track: 't', status: 'codec_unsupported' },
      ],
    },
  );
});

test('an error may answer a request or stand alone', () => {
  assert.deepEqual(parse({ type: 'error', id: 4, code: 'offer_rejected', message: 'm' }), {
    type: 'error',
    id: 4,
    code: 'offer_rejected',
    message: 'm',
  });
  assert.deepEqual(parse({ type: 'error' }), { type: 'error', id: null, code: 'internal', message: '' });
});

test('what a newer server says beyond this version is passed over', () => {
  assert.equal(parse({ type: 'weather', sunny: true }), null);
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['a list', '[]'],
  ['a number', '7'],
  ['an answer without SDP', '{"type":"answer","id":1}'],
  ['an answer without id', '{"type":"answer","sdp":"v=0"}'],
  ['a participant without identity', '{"type":"joined","participant":{"name":"x"}}'],
  ['slots that are no list', '{"type":"slots","slots":{"mid":"1"}}'],
  ['a slot without mid', '{"type":"slots","slots":[{"identity":"b"}]}'],
  ['speakers that are no names', '{"type":"speakers","identities":[1]}'],
] as const) {
  test(`${name} is a fault, not a crash`, () => {
    assert.throws(() => parseServerMessage(text), MessageFault);
  });
}

test('which encodings somebody watches is read by m-line', () => {
  assert.deepEqual(
    parse({ type: 'encodings', tracks: [{ mid: '1', rids: { q: true, f: false, odd: 1 } }] }),
    { type: 'encodings', tracks: [{ mid: '1', rids: { q: true, f: false } }] },
  );
  assert.throws(() => parse({ type: 'encodings', tracks: [{ mid: '1' }] }), MessageFault);
});

test('statistics answer a question', () => {
  const reply = { type: 'stats', id: 4, transport: { estimate: 5 }, slots: [] };
  assert.deepEqual(parse(reply), {
    type: 'stats',
    id: 4,
    quality: { estimate: 5, isLowerBound: false, slots: [], details: reply },
  });
});
