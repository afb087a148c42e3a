import assert from 'node:assert/strict';
import { Studio, longestGap } from './studio.mjs';
import { until } from './waiting.mjs';

const HUE = 200;
/** Frames that a receiver may wait for at a switch; browsers call 150 ms more than usual a freeze. */
const SWITCH_MS = 3000;
const STEADY_MS = 2000;

/**
 * One publishes, one watches and goes through the layers. Asserts that each is decoded, shows the right
 * picture, and that nothing freezes; returns the figures as a line of text.
 */
export async function switchesLayers(scenario) {
  const { origin, publisher, viewer, people, room, camera, size, heights, scrambled, encrypted } = scenario;
  const { temporalLayers = true } = scenario;
  const top = heights.length - 1;
  const common = { room, scrambled, encrypted };
  const ada = await Studio.enter(publisher, origin, people, {
    ...common, name: 'Ada', camera, size, hue: HUE,
  });
  const ben = await Studio.enter(viewer, origin, people, { ...common, name: 'Ben' });
  const lines = [];
  try {
    const mid = await ben.slotOf('Ada');
    await ben.decodes(mid, heights[top]);
    await steady(ben, mid);
    const start = await ben.call('counters', mid);

    for (const spatial of route(top)) {
      const result = await ben.call('switchTo', {
        mid,
        layer: { spatial, temporal: 7 },
        height: heights[spatial],
        timeout: SWITCH_MS,
      });
      assert.ok(
        result.milliseconds !== null,
        `layer ${spatial} (${heights[spatial]} lines) not within ${SWITCH_MS} ms: ` +
          JSON.stringify(await ben.call('counters', mid)),
      );
      await steady(ben, mid);
      const frames = await ben.call('frames', mid, result.asked - 200);
      lines.push(`${heights[spatial]}p after ${Math.round(result.milliseconds)} ms, gap ${Math.round(longestGap(frames))} ms`);
      await hasHue(ben, mid);
      lines[lines.length - 1] += await serverSide(ada, ben, mid);
    }
    if (temporalLayers) lines.push(await temporal(ben, mid));

    const end = await ben.call('counters', mid);
    const changed = (field) => end[field] - start[field];
    const sent = await ada.call('sent');
    lines.push(
      `freezes ${changed('freezeCount')}, dropped ${changed('framesDropped')}, PLI ${changed('pliCount')}, ` +
        `keyframes ${changed('keyFramesDecoded')}, decoded ${changed('framesDecoded')}`,
      `sent ${sent.map(({ rid, mode, height, limit, plis, keyframes }) => `${rid}:${mode}:${height}:${limit}(${keyframes} keyframes, ${plis} PLI)`).join(' ')}`,
    );
    assert.equal(changed('freezeCount'), 0, `no freeze: ${lines.join('; ')}`);
    assert.match(sent[0].codec, new RegExp(camera.codec ?? 'VP8', 'i'));
    return lines.join('; ');
  } catch (error) {
    error.message += `\n${lines.join('\n')}\nsent ${JSON.stringify(await ada.call('sent').catch(() => []))}`;
    throw error;
  } finally {
    for (const person of [ada, ben]) {
      people.splice(people.indexOf(person), 1);
      await person.close();
    }
  }
}

/** What the server says of the way to the viewer and of what it asked the publisher for. */
async function serverSide(publisher, viewer, mid) {
  const { transport, slots } = (await viewer.call('quality')).details;
  const { tracks } = (await publisher.call('quality')).details;
  const slot = slots.find((one) => one.mid === mid);
  const requests = tracks
    .filter(({ kind }) => kind === 'video')
    .flatMap(({ encodings }) => encodings.map((one) => one.keyframe_requests));
  return (
    ` (estimate ${Math.round(transport.estimate / 1000)} kbit/s, sent ${Math.round(transport.sent / 1000)}, ` +
    `${slot.reason}, keyframe requests ${requests})`
  );
}

/** Down to the lowest, up step by step, and twice between the ends. */
function route(top) {
  if (top === 0) return [];
  const steps = [0];
  for (let spatial = 1; spatial <= top; ++spatial) steps.push(spatial);
  return [...steps, 0, top];
}

/** Lets the stream run, and fails if it does not. */
async function steady(person, mid) {
  const since = await person.call('now');
  await until(
    'two seconds of moving pictures',
    async () => {
      const frames = await person.call('frames', mid, since);
      return frames.length > 5 && frames.at(-1).time - since >= STEADY_MS;
    },
    STEADY_MS * 4,
  ).catch(async (error) => {
    throw new Error(`${error.message}; ${JSON.stringify(await person.call('counters', mid))}`);
  });
}

async function hasHue(person, mid) {
  const hue = await person.call('hue', mid);
  assert.ok(hue !== null && Math.abs(hue - HUE) < 15, `the picture has hue ${hue}, not ${HUE}`);
}

async function rate(person, mid) {
  const since = await person.call('now');
  await steady(person, mid);
  const frames = await person.call('frames', mid, since);
  return ((frames.length - 1) * 1000) / (frames.at(-1).time - frames[0].time);
}

/** With one temporal layer less there are fewer frames; with all of them again as many as before. */
async function temporal(person, mid) {
  await person.call('view', [{ mid, layer: { spatial: 7, temporal: 7 } }]);
  await steady(person, mid);
  const full = await rate(person, mid);
  await person.call('view', [{ mid, layer: { spatial: 7, temporal: 1 } }]);
  await steady(person, mid);
  const fewer = await rate(person, mid);
  await person.call('view', [{ mid, layer: null }]);
  await steady(person, mid);
  const again = await rate(person, mid);
  const figures = `${full.toFixed(1)} fps, with one temporal layer less ${fewer.toFixed(1)}, then ${again.toFixed(1)}`;
  assert.ok(fewer < full * 0.75, `fewer frames: ${figures}`);
  assert.ok(again > full * 0.8, `all frames again: ${figures}`);
  return figures;
}
