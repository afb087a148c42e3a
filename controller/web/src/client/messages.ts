/** Label of the channel whose messages reach everyone else in the room. */
export const BROADCAST_LABEL = 'chat';
const DIRECT_PREFIX = 'to:';
const SENDER_PREFIX = 'from:';

/** Longer texts are refused before they are sent (UTF-8 bytes). */
export const MAX_MESSAGE_BYTES = 16_384;

export interface ReceivedMessage {
  /** Identity of the sender, set by the server: no participant can pose as another. */
  readonly from: string;
  readonly to: 'everyone' | 'me';
  readonly text: string;
}

export function directLabel(identity: string): string {
  return DIRECT_PREFIX + identity;
}

/** Who sends on a channel the server has opened; null if it is none of a participant. */
export function channelOrigin(
  label: string,
  protocol: string,
): { from: string; to: 'everyone' | 'me' } | null {
  if (!protocol.startsWith(SENDER_PREFIX)) return null;
  const from = protocol.slice(SENDER_PREFIX.length);
  if (from === '') return null;
  return { from, to: label.startsWith(DIRECT_PREFIX) ? 'me' : 'everyone' };
}

export function fitsMessage(text: string): boolean {
  return text !== '' && new TextEncoder().encode(text).length <= MAX_MESSAGE_BYTES;
}
