import assert from 'node:assert/strict';
import test from 'node:test';
import { Backoff } from '../../../controller/web/src/client/backoff.js';
import { Recovery } from '../../../controller/web/src/client/recovery.js';

/** Waits of 400, 800, 1600 ... ms. */
function steadyRecovery(): Recovery {
  return new Recovery(new Backoff(400, 10_000, () => 1));
}

function connected(): Recovery {
  const recovery = steadyRecovery();
  recovery.onWelcome(0);
  recovery.onPeerState('connecting', 10);
  recovery.onPeerState('connected', 100);
  return recovery;
}

test('a connection that stands needs no timer', () => {
  const recovery = connected();
  assert.equal(recovery.healthy, true);
  assert.equal(recovery.nextTimeout, null);
});

test('a short gap is waited out', () => {
  const recovery = connected();
  assert.equal(recovery.onPeerState('disconnected', 1000), 'none');
  assert.equal(recovery.healthy, true);
  assert.equal(recovery.onPeerState('connected', 2500), 'none');
  assert.equal(recovery.handleTimeout(3000), 'none');
});

test('a gap of two seconds restarts ICE', () => {
  const recovery = connected();
  recovery.onPeerState('disconnected', 1000);
  assert.equal(recovery.nextTimeout, 3000);
  assert.equal(recovery.handleTimeout(2999), 'none');
  assert.equal(recovery.handleTimeout(3000), 'restart_ice');
  assert.equal(recovery.healthy, false);
});

test('a failed connection restarts ICE at once', () => {
  assert.equal(connected().onPeerState('failed', 1000), 'restart_ice');
});

test('an ICE restart that heals nothing leads to a new signalling connection', () => {
  const recovery = connected();
  recovery.onPeerState('failed', 1000);
  assert.equal(recovery.nextTimeout, 9000);
  assert.equal(recovery.handleTimeout(9000), 'reopen_socket');
});

test('an ICE restart that heals ends the emergency', () => {
  const recovery = connected();
  recovery.onPeerState('failed', 1000);
  recovery.onPeerState('connected', 1500);
  assert.equal(recovery.healthy, true);
  assert.equal(recovery.nextTimeout, null);
});

test('a lost signalling connection comes back after growing waits', () => {
  const recovery = connected();
  recovery.onSocketLost(1000);
  assert.equal(recovery.nextTimeout, 1400);
  assert.equal(recovery.handleTimeout(1400), 'reopen_socket');
  assert.equal(recovery.nextTimeout, null, 'the attempt has its own time limit');
  recovery.onSocketLost(2000);
  assert.equal(recovery.nextTimeout, 2800);
});

test('a resumed session whose media never stopped is healthy at once', () => {
  const recovery = connected();
  recovery.onSocketLost(1000);
  assert.equal(recovery.onResumed(), 'none');
  assert.equal(recovery.healthy, true);
  assert.equal(recovery.onPeerState('failed', 2000), 'restart_ice');
});

test('waits start over once media flow again', () => {
  const recovery = connected();
  recovery.onSocketLost(1000);
  recovery.onSocketLost(2000);
  recovery.onWelcome(3000);
  recovery.onPeerState('connected', 3100);
  recovery.onSocketLost(5000);
  assert.equal(recovery.nextTimeout, 5400);
});

test('a server that welcomes but never connects is not asked ever faster', () => {
  const recovery = steadyRecovery();
  recovery.onWelcome(0);
  assert.equal(recovery.handleTimeout(15_000), 'reopen_socket');
  recovery.onWelcome(15_100);
  recovery.onPeerState('failed', 20_000);
  assert.equal(recovery.nextTimeout, 20_400);
  recovery.onSocketLost(20_500);
  assert.equal(recovery.nextTimeout, 21_300);
});

test('the old connection says nothing once the signalling connection is lost', () => {
  const recovery = connected();
  recovery.onSocketLost(1000);
  assert.equal(recovery.onPeerState('failed', 1100), 'none');
  assert.equal(recovery.nextTimeout, 1400);
});

test('the server may ask for a new connection', () => {
  const recovery = connected();
  assert.equal(recovery.onReconnectRequest(1000), 'rebuild_peer');
  assert.equal(recovery.healthy, false);
  recovery.onPeerState('connected', 1300);
  assert.equal(recovery.healthy, true);
});

test('a refused offer is made again, the third time on a new signalling connection', () => {
  const recovery = connected();
  recovery.onReconnectRequest(1000);
  recovery.onOfferFailed(1100);
  assert.equal(recovery.handleTimeout(1500), 'rebuild_peer');
  recovery.onOfferFailed(1600);
  assert.equal(recovery.handleTimeout(2400), 'rebuild_peer');
  recovery.onOfferFailed(2500);
  assert.equal(recovery.handleTimeout(4100), 'reopen_socket');
});

test('when the browser is online again nothing is waited for', () => {
  const recovery = connected();
  recovery.onSocketLost(1000);
  assert.equal(recovery.onNetworkChange(1010), 'reopen_socket');
  assert.equal(recovery.onNetworkChange(1020), 'none', 'an attempt is under way');
});

test('backoff doubles, spreads and is bounded', () => {
  const low = new Backoff(400, 3000, () => 0);
  assert.deepEqual([low.next(), low.next(), low.next(), low.next(), low.next()], [200, 400, 800, 1500, 1500]);
  low.reset();
  assert.equal(low.next(), 200);
});
