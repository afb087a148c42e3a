import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { until } from './waiting.mjs';

/** In the page: publishes camera and microphone by RFC 9725, and returns the session's address. */
async function publish(address) {
  const connection = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) {
    connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
  }
  await connection.setLocalDescription();
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  const body = await response.text();
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp: body });
  return {
    status: response.status,
    type: response.headers.get('Content-Type'),
    location: response.headers.get('Location'),
    body,
  };
}

/** In the page: views what WHEP offers at `address`, by UDP or, as behind a strict firewall, by TCP. */
async function view({ address, protocol }) {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio', { direction: 'recvonly' });
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.ontrack = ({ track }) => {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.muted = track.kind === 'video';
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
  };
  await connection.setLocalDescription();
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  const body = await response.text();
  if (response.status === 201) {
    const lines = body.split('\r\n').filter(
      (line) => !line.startsWith('a=candidate:') || line.includes(` ${protocol} `),
    );
    await connection.setRemoteDescription({ type: 'answer', sdp: lines.join('\r\n') });
  }
  return { status: response.status, location: response.headers.get('Location'), body };
}

const state = (page) => page.evaluate(() => globalThis.__probe.state());

async function plays(page, what) {
  const before = await page.evaluate(() => globalThis.__probe.inbound());
  const sum = (streams, key) => streams.reduce((total, stream) => total + stream[key], 0);
  await until(`${what} plays`, async () => {
    const after = await page.evaluate(() => globalThis.__probe.inbound());
    return (
      sum(after, 'framesDecoded') > sum(before, 'framesDecoded') + 5 &&
      sum(after, 'energy') > sum(before, 'energy')
    );
  });
}

test('WHIP and WHEP with plain fetch', { timeout: 120_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer('whip', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const open = async () => {
      const page = await chromium.newPage();
      // The start page's origin, without the page: fetch needs no permission there.
      await page.goto(`${server.origin}/healthz`);
      people.push({ page });
      return page;
    };
    const camera = await open();
    const published = await camera.evaluate(publish, '/whip/studio/cam');

    await step('a publisher is answered as the standard says', async () => {
      assert.equal(published.status, 201, published.body);
      assert.match(published.type, /^application\/sdp/);
      assert.match(published.location, /^\/sessions\/[\w-]{16,}$/);
      await until('the publisher is connected', async () => (await state(camera)) === 'connected');
    });

    for (const [what, address, protocol] of [
      ['a viewer of that participant', '/whep/studio/cam', 'udp'],
      ['a viewer of the room', '/whep/studio', 'udp'],
      ['a viewer without UDP', '/whep/studio/cam', 'tcp'],
    ]) {
      await step(`${what} sees and hears`, async () => {
        const viewer = await open();
        const viewed = await viewer.evaluate(view, { address, protocol });
        assert.equal(viewed.status, 201, viewed.body);
        await plays(viewer, what);
        assert.equal(await viewer.evaluate(() => globalThis.__probe.protocol()), protocol);
        const ended = await viewer.evaluate(
          async (session) => (await fetch(session, { method: 'DELETE' })).status,
          viewed.location,
        );
        assert.equal(ended, 200);
        await viewer.close();
        people.pop();
      });
    }

    await step('what makes no sense is refused with a reason', async () => {
      const refused = await camera.evaluate(async () => {
        const post = async (address, type, body) => {
          const response = await fetch(address, {
            method: 'POST',
            headers: { 'Content-Type': type },
            body,
          });
          return [response.status, (await response.text()).length > 0];
        };
        return [
          await post('/whip/studio/other', 'application/sdp', 'nonsense'),
          await post('/whip/studio/other', 'text/plain', 'v=0'),
          await post('/whep/studio/nobody', 'application/sdp', 'nonsense'),
        ];
      });
      for (const [status, explained] of refused) {
        assert.ok(status >= 400 && status < 500, `status ${status}`);
        assert.equal(explained, true);
      }
    });

    await step('DELETE ends the session once', async () => {
      const end = (session) =>
        camera.evaluate(
          async (address) => (await fetch(address, { method: 'DELETE' })).status,
          session,
        );
      assert.equal(await end(published.location), 200);
      assert.equal(await end(published.location), 404);
      await until('the publisher is told', async () => (await state(camera)) !== 'connected');
    });
  });
});
