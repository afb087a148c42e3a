import assert from 'node:assert/strict';
import test from 'node:test';
import { channelOrigin, directLabel, fitsMessage } from '../../../controller/web/src/client/messages.js';
import type { Participant } from '../../../controller/web/src/client/protocol.js';
import { Roster } from '../../../controller/web/src/client/roster.js';
import { SessionStore } from '../../../controller/web/src/client/session_store.js';
import { demandedHeight } from '../../../controller/web/src/client/simulcast.js';
import { SlotMap } from '../../../controller/web/src/client/slot_map.js';

const person = (identity: string, name = identity): Participant => ({ identity, name, tracks: [] });

function roster(...identities: string[]): Roster {
  const created = new Roster();
  created.handle(
    {
      type: 'welcome',
      identity: 'me',
      secret: '',
      room: 'r',
      resumed: false,
      participants: identities.map((identity) => person(identity)),
      limits: { audioSlots: 1, videoSlots: 1 },
    },
    'me',
  );
  return created;
}

const order = (of: Roster): string[] => of.participants.map(({ identity }) => identity);

test('the others stand in joining order, without ourselves', () => {
  const others = roster('a', 'me', 'b');
  others.handle({ type: 'joined', participant: person('c') }, 'me');
  assert.equal(others.handle({ type: 'joined', participant: person('me') }, 'me'), false);
  assert.deepEqual(order(others), ['a', 'b', 'c']);
});

test('who changes or comes back keeps the place', () => {
  const others = roster('a', 'b');
  others.handle({ type: 'updated', participant: person('a', 'Ada') }, 'me');
  assert.deepEqual(order(others), ['a', 'b']);
  assert.equal(others.find('a')?.name, 'Ada');
});

test('who left is gone, and a stranger leaving changes nothing', () => {
  const others = roster('a', 'b');
  assert.equal(others.handle({ type: 'left', identity: 'a' }, 'me'), true);
  assert.equal(others.handle({ type: 'left', identity: 'x' }, 'me'), false);
  assert.deepEqual(order(others), ['b']);
});

test('a slot joins what the browser and the server know, whoever is first', () => {
  const slots = new SlotMap<string>();
  slots.update([{ mid: '2', identity: 'a', track: 't', status: 'active' }]);
  assert.deepEqual(slots.list(), []);
  slots.setMedia('2', 'audio', 'media 2');
  slots.setMedia('3', 'video', 'media 3');
  assert.deepEqual(slots.list(), [
    { mid: '2', kind: 'audio', media: 'media 2', identity: 'a', track: 't', status: 'active' },
    { mid: '3', kind: 'video', media: 'media 3', identity: null, track: null, status: 'empty' },
  ]);
});

test('an update changes only the slots it names', () => {
  const slots = new SlotMap<string>();
  slots.setMedia('2', 'video', 'media 2');
  slots.setMedia('3', 'video', 'media 3');
  slots.update([{ mid: '2', identity: 'a', track: 't', status: 'active' }]);
  slots.update([{ mid: '3', identity: 'b', track: 'u', status: 'codec_unsupported' }]);
  assert.deepEqual(
    slots.list().map(({ identity, status }) => [identity, status]),
    [['a', 'active'], ['b', 'codec_unsupported']],
  );
});

test('nothing of a person who left is shown', () => {
  const slots = new SlotMap<string>();
  slots.setMedia('2', 'video', 'media');
  slots.update([{ mid: '2', identity: 'a', track: 't', status: 'active' }]);
  slots.release('a');
  assert.deepEqual(slots.list()[0]?.status, 'empty');
});

test('a channel tells who sends and to whom', () => {
  assert.deepEqual(channelOrigin('chat', 'from:a'), { from: 'a', to: 'everyone' });
  assert.deepEqual(channelOrigin(directLabel('me'), 'from:a'), { from: 'a', to: 'me' });
  assert.equal(channelOrigin('chat', ''), null);
  assert.equal(channelOrigin('chat', 'from:'), null);
});

test('a message is bounded in bytes, not in letters', () => {
  assert.equal(fitsMessage(''), false);
  assert.equal(fitsMessage('x'.repeat(16_384)), true);
  assert.equal(fitsMessage('ü'.repeat(16_384)), false);
});

test('the session survives a reload of the same room only', () => {
  const values = new Map<string, string>();
  const store = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
  new SessionStore('r', store).save({ identity: 'a', secret: 's' });
  assert.deepEqual(new SessionStore('r', store).load(), { identity: 'a', secret: 's' });
  assert.equal(new SessionStore('other', store).load(), null);
  new SessionStore('r', store).clear();
  assert.equal(new SessionStore('r', store).load(), null);
});

test('storage that is broken or switched off costs no call', () => {
  const refuse = (): never => {
    throw new Error('switched off');
  };
  const off = new SessionStore('r', { getItem: refuse, setItem: refuse, removeItem: refuse });
  off.save({ identity: 'a', secret: 's' });
  off.clear();
  assert.equal(off.load(), null);
  const odd = new SessionStore('r', { getItem: () => '{', setItem() {}, removeItem() {} });
  assert.equal(odd.load(), null);
});

test('a picture a tenth too small is large enough', () => {
  assert.equal(demandedHeight(396), 360);
  assert.equal(demandedHeight(0), 1);
  assert.equal(demandedHeight(1e6), 65_535);
});
