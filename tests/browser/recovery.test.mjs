import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { Participant } from './participant.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { until } from './waiting.mjs';

test('calls come back after a break', { timeout: 120_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer('recovery', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const enter = (name) =>
      Participant.join(chromium, server.origin, 'recovery', name, people);
    const ada = await enter('Ada');
    const ben = await enter('Ben');
    await ada.perceives([ben]);
    await ben.perceives([ada]);

    await step('a network that is silent for seconds is healed by an ICE restart', async () => {
      const facts = () =>
        ada.page.evaluate(() => [globalThis.__probe.connections(), globalThis.__probe.ufrag()]);
      const [connections, ufrag] = await facts();
      const [worker] = server.workers();
      process.kill(worker, 'SIGSTOP');
      try {
        await until('Ada notices', () => ada.has('.call[data-phase=reconnecting]'), 25_000);
      } finally {
        process.kill(worker, 'SIGCONT');
      }
      await ada.connected(20_000);
      await ben.connected(20_000);
      await ada.perceives([ben]);
      await ben.perceives([ada]);
      const after = await facts();
      assert.equal(after[0], connections, 'the same RTCPeerConnection');
      assert.notEqual(after[1], ufrag, 'with new ICE credentials');
    });

    await step('a worker that is killed is replaced, and everybody is back with media', async () => {
      const [worker, ...more] = server.workers();
      assert.ok(worker !== undefined && more.length === 0, 'one worker runs');
      const identity = await ada.identityOf('Ben');
      process.kill(worker, 'SIGKILL');
      await until('another worker', () => server.workers().some((pid) => pid !== worker));
      for (const person of people) {
        await until(`${person.name} has a new connection`, async () =>
          (await person.page.evaluate(() => globalThis.__probe.connections())) > 1,
        );
        await person.connected(20_000);
      }
      await ada.perceives([ben]);
      await ben.perceives([ada]);
      assert.equal(await ada.identityOf('Ben'), identity);
    });

    await step('somebody new finds them in the room', async () => {
      const cleo = await enter('Cleo');
      await cleo.perceives([ada, ben]);
      await cleo.page.click('[data-control=leave]');
      people.pop();
      await ada.perceives([ben]);
    });

    await step('a signalling connection that breaks is resumed, and the media go on', async () => {
      const connections = await ada.page.evaluate(() => globalThis.__probe.connections());
      await ada.page.evaluate(() => globalThis.__probe.cutSockets());
      await until('Ada notices', () => ada.has('.call[data-phase=reconnecting]'));
      await ada.connected();
      await ada.perceives([ben]);
      await ben.perceives([ada]);
      assert.equal(await ada.page.evaluate(() => globalThis.__probe.connections()), connections);
    });
  });
});
