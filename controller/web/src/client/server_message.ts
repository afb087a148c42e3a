import type {
  Limits,
  Participant,
  RemoteTrack,
  ServerMessage,
  SlotStatus,
  SlotUpdate,
  TrackSource,
  WantedEncodings,
} from './protocol.js';
import { parseQuality } from './quality.js';

type Fields = Readonly<Record<string, unknown>>;

/** Why a message of the server could not be read. */
export class MessageFault extends Error {}

function fields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MessageFault(`${what} is not an object`);
  }
  return value as Fields;
}

function text(from: Fields, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw new MessageFault(`${key} is not a string`);
  return value;
}

function textOr(from: Fields, key: string, fallback: string): string {
  const value = from[key];
  return typeof value === 'string' ? value : fallback;
}

function textOrNull(from: Fields, key: string): string | null {
  const value = from[key];
  return typeof value === 'string' ? value : null;
}

function integer(from: Fields, key: string): number {
  const value = from[key];
  if (!Number.isInteger(value)) throw new MessageFault(`${key} is not an integer`);
  return value as number;
}

function list<T>(from: Fields, key: string, read: (value: unknown) => T): T[] {
  const value = from[key];
  if (!Array.isArray(value)) throw new MessageFault(`${key} is not a list`);
  return value.map(read);
}

function source(from: Fields, kind: 'audio' | 'video'): TrackSource {
  const value = from['source'];
  if (value === 'camera' || value === 'microphone' || value === 'screen') return value;
  return kind === 'audio' ? 'microphone' : 'camera';
}

function track(value: unknown): RemoteTrack {
  const from = fields(value, 'track');
  const kind = from['kind'] === 'audio' ? 'audio' : 'video';
  return { id: text(from, 'id'), kind, source: source(from, kind), muted: from['muted'] === true };
}

function participant(value: unknown): Participant {
  const from = fields(value, 'participant');
  const identity = text(from, 'identity');
  return {
    identity,
    name: textOr(from, 'name', '') || identity,
    tracks: Array.isArray(from['tracks']) ? from['tracks'].map(track) : [],
  };
}

function slot(value: unknown): SlotUpdate {
  const from = fields(value, 'slot');
  const identity = textOrNull(from, 'identity');
  const named = from['status'];
  const status: SlotStatus =
    named === 'codec_unsupported' || named === 'empty' || named === 'active'
      ? named
      : identity === null
        ? 'empty'
        : 'active';
  return { mid: text(from, 'mid'), identity, track: textOrNull(from, 'track'), status };
}

function limits(value: unknown): Limits {
  const from = typeof value === 'object' && value !== null ? (value as Fields) : {};
  const bounded = (key: string, fallback: number): number => {
    const number = from[key];
    return Number.isInteger(number) ? Math.min(Math.max(number as number, 0), 50) : fallback;
  };
  return { audioSlots: bounded('audio_slots', 5), videoSlots: bounded('video_slots', 9) };
}

function wantedEncodings(value: unknown): WantedEncodings {
  const from = fields(value, 'track');
  const rids = Object.entries(fields(from['rids'], 'rids'));
  return {
    mid: text(from, 'mid'),
    rids: Object.fromEntries(
      rids.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
    ),
  };
}

function identityOf(value: unknown): string {
  if (typeof value !== 'string') throw new MessageFault('identity is not a string');
  return value;
}

/**
 * Reads one message. Unknown fields are ignored, and an unknown type gives null, so that a newer
 * server may say more than we understand.
 * @throws MessageFault if a message we do know is not what it should be
 */
export function parseServerMessage(json: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new MessageFault('the message is not JSON');
  }
  const from = fields(value, 'message');
  switch (from['type']) {
    case 'welcome':
      return {
        type: 'welcome',
        identity: text(fields(from['participant'], 'participant'), 'identity'),
        secret: textOr(from, 'secret', ''),
        room: textOr(from, 'room', ''),
        resumed: from['resumed'] === true,
        participants: list(from, 'participants', participant),
        limits: limits(from['limits']),
      };
    case 'answer':
      return { type: 'answer', id: integer(from, 'id'), sdp: text(from, 'sdp') };
    case 'ok':
      return { type: 'ok', id: integer(from, 'id') };
    case 'error':
      return {
        type: 'error',
        id: Number.isInteger(from['id']) ? (from['id'] as number) : null,
        code: textOr(from, 'code', 'internal'),
        message: textOr(from, 'message', ''),
      };
    case 'joined':
      return { type: 'joined', participant: participant(from['participant']) };
    case 'updated':
      return { type: 'updated', participant: participant(from['participant']) };
    case 'left':
      return { type: 'left', identity: text(from, 'identity') };
    case 'slots':
      return { type: 'slots', slots: list(from, 'slots', slot) };
    case 'speakers':
      return { type: 'speakers', identities: list(from, 'identities', identityOf) };
    case 'encodings':
      return { type: 'encodings', tracks: list(from, 'tracks', wantedEncodings) };
    case 'stats':
      return { type: 'stats', id: integer(from, 'id'), quality: parseQuality(from) };
    case 'reconnect':
      return { type: 'reconnect', reason: textOr(from, 'reason', '') };
    case 'bye':
      return { type: 'bye', reason: textOr(from, 'reason', '') };
    default:
      return null;
  }
}
