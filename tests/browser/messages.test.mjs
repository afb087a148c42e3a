import assert from 'node:assert/strict';
import test from 'node:test';
import { launchChromium } from './browsers.mjs';
import { Participant } from './participant.mjs';
import { stepsOf, withServer } from './stage.mjs';
import { until } from './waiting.mjs';

test('chat, mute and a shared screen', { timeout: 120_000 }, async (t) => {
  const step = stepsOf(t);
  await withServer('messages', [launchChromium], async ({ server, browsers: [chromium], people }) => {
    const enter = (name) =>
      Participant.join(chromium, server.origin, 'messages', name, people);
    const ada = await enter('Ada');
    const ben = await enter('Ben');
    const cleo = await enter('Cleo');
    const hears = (person, text) =>
      until(`${person.name} reads "${text}"`, async () =>
        (await person.text('.message:not(.own) .message-text')).includes(text),
      );
    for (const person of people) {
      await person.openChat();
      await until('everybody is there', async () => (await person.seen()).length === 2);
    }

    await step('a message reaches all others', async () => {
      await ada.say('Good morning, everyone');
      await hears(ben, 'Good morning, everyone');
      await hears(cleo, 'Good morning, everyone');
      assert.deepEqual(await ben.text('.message-head b'), ['Ada']);
    });

    await step('a message to one reaches only that one', async () => {
      await ada.say('just for you, Ben', await ada.identityOf('Ben'));
      await hears(ben, 'just for you, Ben');
      // The next message to all comes over the same association, so what is not there by then was not sent.
      await ada.say('back to all of you');
      await hears(cleo, 'back to all of you');
      const read = await cleo.text('.message-text');
      assert.deepEqual(read, ['Good morning, everyone', 'back to all of you']);
    });

    await step('who joins later gets what is said from then on', async () => {
      const dora = await enter('Dora');
      await dora.openChat();
      await until('Ben sees Dora', async () => (await ben.seen()).includes('Dora'));
      await ben.say('welcome, Dora');
      await hears(dora, 'welcome, Dora');
      assert.deepEqual(await dora.text('.message-text'), ['welcome, Dora']);
      await dora.page.click('[data-control=leave]');
      people.pop();
    });

    await step('mute is seen by the others and ends the sound', async () => {
      await ada.page.click('[data-control=microphone]');
      const muted = (person) =>
        person.page.evaluate(() =>
          [...document.querySelectorAll('.tile:not([data-own])')].map((tile) =>
            tile.getAttribute('aria-label'),
          ),
        );
      await until('Ben sees the mark', async () =>
        (await muted(ben)).some((label) => /^Ada, .*muted/.test(label)),
      );
      await ada.page.click('[data-control=microphone]');
      await until('the mark is gone', async () =>
        (await muted(ben)).every((label) => !/muted/.test(label)),
      );
      await ben.perceives([ada, cleo]);
    });

    await step('a camera that is off shows no picture, and comes back', async () => {
      await ada.page.click('[data-control=camera]');
      await until('no picture of Ada', async () =>
        (await ben.count('.tile.no-picture:not([data-own])')) === 1,
      );
      await ada.page.click('[data-control=camera]');
      await ben.perceives([ada, cleo]);
    });

    await step('a shared screen is shown large beside its owner', async () => {
      await ada.page.click('[data-control=screen]');
      await until('Ben sees the screen', () => ben.has('.focus-large [data-kind=screen] video.live'));
      await ben.screenshot('screen');
      await ada.page.click('[data-control=screen]');
      await until('the screen is gone', async () => (await ben.count('[data-kind=screen]')) === 0);
    });
  });
});
