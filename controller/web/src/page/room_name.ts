/** The room of a page address; null for the start page. */
export function roomOfPath(path: string): string | null {
  const match = /^\/r\/([^/]+)\/?$/.exec(path);
  if (!match) return null;
  try {
    return decodeURIComponent(match[1] ?? '') || null;
  } catch {
    return null;  // a stray % in the address
  }
}

export function pathOfRoom(room: string): string {
  return `/r/${encodeURIComponent(room)}`;
}

/** Makes a room name of what a person typed: nothing in it needs escaping in a link. */
export function roomNameOf(typed: string): string {
  return typed
    .toLowerCase()
    .replace(/ä/g, 'ae')
    .replace(/ö/g, 'oe')
    .replace(/ü/g, 'ue')
    .replace(/ß/g, 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

const WORDS =
  'amber birch brook cedar cloud coast copper coral dune ember fern field fjord harbor hazel heath ' +
  'island ivory juniper lake linden maple marble meadow mint moss north opal orchid pebble pine pond ' +
  'rain reed river rowan saffron sand shore silver sky slate snow spruce star stone sun tide ' +
  'timber valley violet wave willow wind';

/** A name that can be said aloud and not be guessed (about 40 bits). */
export function randomRoomName(random: (values: Uint32Array) => Uint32Array): string {
  const words = WORDS.split(' ');
  const values = random(new Uint32Array(8));
  const word = (index: number): string => words[(values[index] ?? 0) % words.length] ?? '';
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const tail = Array.from(values.slice(2), (value) => letters[value % letters.length]).join('');
  return `${word(0)}-${word(1)}-${tail}`;
}
