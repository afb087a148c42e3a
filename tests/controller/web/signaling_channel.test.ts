import assert from 'node:assert/strict';
import test from 'node:test';
import {
  SignalingChannel,
  SignalingError,
  signalingUrl,
  type Socket,
} from '../../../controller/web/src/client/signaling_channel.js';
import { HandClock } from './hand_clock.js';

class FakeSocket implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** A channel whose socket is open. */
function channel(): { socket: FakeSocket; clock: HandClock; channel: SignalingChannel; log: string[] } {
  const socket = new FakeSocket();
  const clock = new HandClock();
  const log: string[] = [];
  const created = new SignalingChannel('ws://x/signal', () => socket, clock);
  created.on('message', (message) => log.push(message.type));
  created.on('close', ({ code }) => log.push(`close ${code}`));
  created.on('fault', () => log.push('fault'));
  socket.onopen?.(undefined as never);
  return { socket, clock, channel: created, log };
}

const rejectsWith = (code: string) => (error: unknown) =>
  error instanceof SignalingError && error.code === code;

test('a reply finds its request, in whatever order', async () => {
  const { socket, channel: signaling } = channel();
  const first = signaling.request({ type: 'offer', sdp: 'a' });
  const second = signaling.request({ type: 'tracks', tracks: [] });
  socket.say({ type: 'ok', id: socket.sent[1]?.['id'] });
  socket.say({ type: 'answer', id: socket.sent[0]?.['id'], sdp: 'b' });
  assert.equal((await second).type, 'ok');
  assert.deepEqual(await first, { type: 'answer', id: 1, sdp: 'b' });
});

test('an error reply rejects its request only', async () => {
  const { socket, channel: signaling, log } = channel();
  const request = signaling.request({ type: 'offer', sdp: 'a' });
  socket.say({ type: 'error', id: 1, code: 'offer_rejected', message: 'line 3' });
  await assert.rejects(request, rejectsWith('offer_rejected'));
  assert.deepEqual(log, []);
});

test('a request without reply ends by itself, and a late reply harms nobody', async () => {
  const { socket, clock, channel: signaling, log } = channel();
  const request = signaling.request({ type: 'offer', sdp: 'a' });
  socket.say({ type: 'welcome', participant: { identity: 'a' }, participants: [] });
  clock.advance(10_000);
  await assert.rejects(request, rejectsWith('timeout'));
  socket.say({ type: 'answer', id: 1, sdp: 'late' });
  assert.deepEqual(log, ['welcome']);
});

test('a lost connection rejects what is open, and what comes after', async () => {
  const { socket, channel: signaling, log } = channel();
  const request = signaling.request({ type: 'offer', sdp: 'a' });
  socket.onclose?.({ code: 1006 });
  await assert.rejects(request, rejectsWith('disconnected'));
  await assert.rejects(signaling.request({ type: 'offer', sdp: 'a' }), rejectsWith('disconnected'));
  assert.deepEqual(log, ['close 1006']);
});

test('nothing is sent before the connection stands', async () => {
  const socket = new FakeSocket();
  const signaling = new SignalingChannel('ws://x/signal', () => socket, new HandClock());
  signaling.send({ type: 'leave' });
  await assert.rejects(signaling.request({ type: 'offer', sdp: 'a' }), rejectsWith('disconnected'));
  assert.deepEqual(socket.sent, []);
});

test('our own close is silent', () => {
  const { socket, channel: signaling, log } = channel();
  signaling.close();
  assert.equal(socket.closed, true);
  assert.equal(socket.onclose, null);
  assert.deepEqual(log, []);
});

test('a server that takes the connection but never welcomes is given up', () => {
  const { clock, socket, log } = channel();
  clock.advance(10_000);
  assert.deepEqual(log, ['close 4000']);
  assert.equal(socket.closed, true);
});

test('nonsense from the server is told and skipped', () => {
  const { socket, log } = channel();
  socket.onmessage?.({ data: 'nonsense' });
  socket.say({ type: 'speakers', identities: [] });
  assert.deepEqual(log, ['fault', 'speakers']);
});

test('the address follows the page', () => {
  assert.equal(signalingUrl({ protocol: 'https:', host: 'a.test' }), 'wss://a.test/signal');
  assert.equal(signalingUrl({ protocol: 'http:', host: 'a.test:8080' }), 'ws://a.test:8080/signal');
});
