import type { ServerQuality } from './quality.js';

/** Signalling protocol, version 1; controller/signaling/README.md describes every message. */
export const PROTOCOL_VERSION = 1;

export type TrackKind = 'audio' | 'video';
export type TrackSource = 'camera' | 'microphone' | 'screen';
export type SlotStatus = 'active' | 'codec_unsupported' | 'empty';

export interface RemoteTrack {
  readonly id: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly muted: boolean;
}

export interface Participant {
  readonly identity: string;
  readonly name: string;
  readonly tracks: readonly RemoteTrack[];
}

/** What one m-line of ours is, as told to the others. */
export interface LocalTrack {
  readonly mid: string;
  readonly source: TrackSource;
  readonly muted: boolean;
}

/** What a receiving m-line carries at present. */
export interface SlotUpdate {
  readonly mid: string;
  readonly identity: string | null;
  readonly track: string | null;
  readonly status: SlotStatus;
}

export interface LayerPreference {
  readonly spatial: number;
  readonly temporal: number;
}

export interface SlotRequest {
  readonly mid: string;
  /** Absent: leave as it is; null: back to the server's choice. */
  readonly participant?: string | null;
  readonly source?: TrackSource;
  /** At most this; null: no limit. */
  readonly layer?: LayerPreference | null;
  /** How high the picture is shown, in device pixels: nothing needlessly larger is sent. */
  readonly height?: number;
  /** Who comes first where not everything fits; 0 to 255, 128 if never said. */
  readonly priority?: number;
}

/** Which encodings of one of our m-lines somebody watches, by RID ('' without simulcast). */
export interface WantedEncodings {
  readonly mid: string;
  readonly rids: Readonly<Record<string, boolean>>;
}

export interface Limits {
  readonly audioSlots: number;
  readonly videoSlots: number;
}

export type ClientMessage =
  | {
      type: 'hello';
      version: number;
      room: string;
      name?: string;
      identity?: string;
      secret?: string;
      token?: string;
      e2ee?: boolean;
    }
  | { type: 'offer'; sdp: string }
  | { type: 'tracks'; tracks: readonly LocalTrack[] }
  | { type: 'view'; slots: readonly SlotRequest[] }
  | { type: 'stats' }
  | { type: 'leave' };

export interface Welcome {
  readonly type: 'welcome';
  readonly identity: string;
  readonly secret: string;
  readonly room: string;
  /** The server still has our transport: a connection that is alive goes on. */
  readonly resumed: boolean;
  readonly participants: readonly Participant[];
  readonly limits: Limits;
}

export type ServerMessage =
  | Welcome
  | { readonly type: 'answer'; readonly id: number; readonly sdp: string }
  | { readonly type: 'ok'; readonly id: number }
  | { readonly type: 'error'; readonly id: number | null; readonly code: string; readonly message: string }
  | { readonly type: 'joined'; readonly participant: Participant }
  | { readonly type: 'updated'; readonly participant: Participant }
  | { readonly type: 'left'; readonly identity: string }
  | { readonly type: 'slots'; readonly slots: readonly SlotUpdate[] }
  | { readonly type: 'speakers'; readonly identities: readonly string[] }
  | { readonly type: 'encodings'; readonly tracks: readonly WantedEncodings[] }
  | { readonly type: 'stats'; readonly id: number; readonly quality: ServerQuality }
  | { readonly type: 'reconnect'; readonly reason: string }
  | { readonly type: 'bye'; readonly reason: string };
