import assert from 'node:assert/strict';
import test from 'node:test';
import { gridLayout } from '../../../controller/web/src/page/grid_layout.js';
import { german } from '../../../controller/web/src/page/messages_de.js';
import { english } from '../../../controller/web/src/page/messages_en.js';
import { languageOf } from '../../../controller/web/src/page/preferences.js';
import {
  pathOfRoom,
  randomRoomName,
  roomNameOf,
  roomOfPath,
} from '../../../controller/web/src/page/room_name.js';
import { initialsOf, tilesOf } from '../../../controller/web/src/page/tiles.js';
import { translator } from '../../../controller/web/src/page/texts.js';
import type { Participant, Slot } from '../../../controller/web/src/client/index.js';

test('a room name that was typed becomes one that needs no escaping', () => {
  assert.equal(roomNameOf(' Grüße aus Köln! '), 'gruesse-aus-koeln');
  assert.equal(roomNameOf('Café/№ 7'), 'cafe-7');
  assert.equal(roomNameOf('???'), '');
  assert.equal(roomNameOf('x'.repeat(100)).length, 64);
});

test('path and room name lead to each other', () => {
  assert.equal(roomOfPath('/'), null);
  assert.equal(roomOfPath('/r/'), null);
  assert.equal(roomOfPath('/r/%'), null);
  assert.equal(roomOfPath('/r/a/b'), null);
  assert.equal(roomOfPath(pathOfRoom('a b/c')), 'a b/c');
});

test('a random room name stays what it is when typed in', () => {
  const name = randomRoomName((values) => values.map((_, index) => index * 977));
  assert.match(name, /^[a-z]+-[a-z]+-[a-z2-9]{6}$/);
  assert.equal(roomNameOf(name), name);
});

test('every text has the same placeholders in both languages', () => {
  const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(english) as (keyof typeof english)[]) {
    assert.deepEqual(placeholders(german[key]), placeholders(english[key]), key);
  }
});

test('placeholders are filled in', () => {
  assert.equal(translator('de')('someoneJoined', { name: 'Ada' }), 'Ada ist dazugekommen');
});

test('the first language of the browser that we have wins', () => {
  assert.equal(languageOf(['fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(languageOf(['fr']), 'en');
  assert.equal(languageOf([]), 'en');
});

test('tiles fill the place they have without leaving it', () => {
  for (const [width, height] of [[1280, 700], [360, 560], [800, 800], [700, 300]] as const) {
    for (let count = 1; count <= 26; ++count) {
      const { columns, tileWidth, tileHeight } = gridLayout(count, width, height, 10);
      const rows = Math.ceil(count / columns);
      assert.ok(columns * tileWidth + (columns - 1) * 10 <= width, `${count} in ${width}`);
      assert.ok(rows * tileHeight + (rows - 1) * 10 <= height, `${count} in ${height}`);
      assert.ok(tileWidth > 0 && tileHeight > 0);
    }
  }
});

test('two people stand side by side on a desk and above each other on a phone', () => {
  assert.equal(gridLayout(2, 1280, 700, 10).columns, 2);
  assert.equal(gridLayout(2, 360, 560, 10).columns, 1);
});

test('initials stand for first and last name', () => {
  assert.equal(initialsOf('Ada Lovelace'), 'AL');
  assert.equal(initialsOf('ada'), 'A');
  assert.equal(initialsOf('Françoise von und zu Ébène'), 'FÉ');
  assert.equal(initialsOf('  '), '?');
});

const media = {} as MediaStreamTrack;
const slot = (mid: string, track: string, status: Slot['status'] = 'active'): Slot => ({
  mid,
  kind: 'video',
  media,
  identity: 'a',
  track,
  status,
});
const ada = (cameraMuted: boolean, screen = false): Participant => ({
  identity: 'a',
  name: 'Ada',
  tracks: [
    { id: 'm', kind: 'audio', source: 'microphone', muted: false },
    { id: 'c', kind: 'video', source: 'camera', muted: cameraMuted },
    ...(screen ? [{ id: 's', kind: 'video', source: 'screen', muted: false } as const] : []),
  ],
});

test('a camera that is off shows the initials, not the last picture', () => {
  assert.equal(tilesOf([ada(false)], [slot('1', 'c')])[0]?.media, media);
  assert.equal(tilesOf([ada(true)], [slot('1', 'c')])[0]?.media, null);
});

test('a shared screen is a tile of its own', () => {
  const tiles = tilesOf([ada(false, true)], [slot('1', 'c'), slot('2', 's')]);
  assert.deepEqual(
    tiles.map(({ kind, mid }) => [kind, mid]),
    [['camera', '1'], ['screen', '2']],
  );
});

test('a video that cannot be decoded here says so', () => {
  const [tile] = tilesOf([ada(false)], [slot('1', 'c', 'codec_unsupported')]);
  assert.equal(tile?.unsupported, true);
  assert.equal(tile?.media, null);
});
