import assert from 'node:assert/strict';
import { Studio, longestGap } from './studio.mjs';
import { until } from './waiting.mjs';

const HUE = 200;
/**
 * A picture that stands still for so long is frozen, to a viewer. (freezeCount, which is told in the figures, calls 150 ms
 * more than usual a freeze; at 15 frames a second the publisher's own burst for a large keyframe can take as long.)
 */
const FROZEN_MS = 500;
const SWITCH_MS = 3000;
/** Twice what is called frozen: a picture that stops after a switch is noticed. */
const STEADY_MS = 1000;
/** Long enough for frames per second within 10 %. */
const RATE_MS = 1500;
const CLIMB_MS = 15_000;
/** Of the scene. */
const FRAMES_PER_SECOND = 15;

/** A timer this late tells that the machine had no time for its browsers. */
const STARVED_MS = 100;
const ATTEMPTS = 3;

/** The pictures stood still while the machine was too busy for them: nothing is proven. */
class Starved extends Error {}

/**
 * One publishes, one watches and goes through the layers. Asserts that each is decoded, shows the right
 * picture, and that nothing freezes; returns the figures as a line of text. Done again if the machine
 * was too busy with other things to tell.
 */
export async function switchesLayers(scenario) {
  for (let attempt = 1; ; ++attempt) {
    try {
      const figures = await runThrough({ ...scenario, room: `${scenario.room}-${attempt}` });
      return attempt > 1 ? `${figures} (attempt ${attempt})` : figures;
    } catch (error) {
      if (!(error instanceof Starved) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function runThrough(scenario) {
  const { origin, publisher, viewer, people, room, camera, size, heights, scrambled, encrypted } = scenario;
  const { temporal = { layers: 3, share: 0.85 } } = scenario;
  const top = heights.length - 1;
  const common = { room, scrambled, encrypted };
  const ada = await Studio.enter(publisher, origin, people, {
    ...common, name: 'Ada', camera, size, hue: HUE,
  });
  const ben = await Studio.enter(viewer, origin, people, { ...common, name: 'Ben' });
  const lines = [];
  let longest = 0;
  try {
    const mid = await ben.slotOf('Ada');
    await ben.decodes(mid, heights[top]);
    await steady(ben, mid);
    const start = await ben.call('counters', mid);
    await Promise.all([ada.call('longestStall'), ben.call('longestStall')]);

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
      longest = Math.max(longest, longestGap(frames));
      lines.push(`${heights[spatial]}p after ${Math.round(result.milliseconds)} ms, gap ${Math.round(longestGap(frames))} ms`);
      await hasHue(ben, mid);
      lines[lines.length - 1] += await serverSide(ada, ben, mid);
    }
    lines.push(await goesThroughRates(ada, ben, mid, temporal));

    const end = await ben.call('counters', mid);
    const changed = (field) => end[field] - start[field];
    const sent = await ada.call('sent');
    lines.push(
      `freezes ${changed('freezeCount')}, dropped ${changed('framesDropped')}, PLI ${changed('pliCount')}, ` +
        `keyframes ${changed('keyFramesDecoded')}, decoded ${changed('framesDecoded')}`,
      `sent ${sent.map(({ rid, mode, height, limit, plis, keyframes }) => `${rid}:${mode}:${height}:${limit}(${keyframes} keyframes, ${plis} PLI)`).join(' ')}`,
    );
    const stall = Math.max(await ada.call('longestStall'), await ben.call('longestStall'));
    lines.push(`longest stall of the browsers ${Math.round(stall)} ms`);
    if (longest >= FROZEN_MS && stall > STARVED_MS) throw new Starved('freezes on a busy machine');
    assert.ok(longest < FROZEN_MS, `no freeze: ${lines.join('; ')}`);
    assert.match(sent[0].codec, new RegExp(camera.codec ?? 'VP8', 'i'));
    return lines.join('; ');
  } catch (error) {
    error.message += `\n${await serverSide(ada, ben).catch(() => '')}\n${lines.join('\n')}\nsent ${JSON.stringify(await ada.call('sent').catch(() => []))}`;
    throw error;
  } finally {
    for (const person of [ada, ben]) {
      people.splice(people.indexOf(person), 1);
      await person.close();
    }
  }
}

const inShort = (layer) => layer && `${layer.encoding}/${layer.spatial}/${layer.temporal}`;

/** What the server says of the way to the viewer and of what it asked the publisher for. */
async function serverSide(publisher, viewer, mid) {
  const { transport, slots } = (await viewer.call('quality')).details;
  const { tracks } = (await publisher.call('quality')).details;
  const slot = slots.find((one) => (mid ? one.mid === mid : one.kind === 'video' && one.identity !== null));
  const requests = tracks
    .filter(({ kind }) => kind === 'video')
    .flatMap(({ encodings }) => encodings.map((one) => one.keyframe_requests));
  return (
    ` (estimate ${Math.round(transport.estimate / 1000)} kbit/s, sent ${Math.round(transport.sent / 1000)}, ` +
    `wanted ${Math.round(transport.wanted / 1000)}, ` +
    `${slot.reason} ${inShort(slot.layer)} of ${inShort(slot.target)}, keyframe requests ${requests})`
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
async function steady(person, mid, duration = STEADY_MS) {
  const since = await person.call('now');
  await until(
    `${duration} ms of moving pictures`,
    async () => {
      const frames = await person.call('frames', mid, since);
      return frames.length > 2 && frames.at(-1).time - since >= duration;
    },
    STEADY_MS * 8,
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
  await steady(person, mid, RATE_MS);
  const frames = await person.call('frames', mid, since);
  return ((frames.length - 1) * 1000) / (frames.at(-1).time - frames[0].time);
}

/**
 * With one of the temporal `layers` less there are fewer frames; with all of them again
 * that `share` of what the scene has.
 */
async function goesThroughRates(publisher, viewer, mid, { layers, share }) {
  const ask = (layer) => viewer.call('view', [{ mid, layer }]);
  // The server may climb to the full rate in steps, as its estimate of the link grows.
  const full = () =>
    until(
      'all frames',
      async () => {
        const frames = await rate(viewer, mid);
        return frames > FRAMES_PER_SECOND * share && frames;
      },
      CLIMB_MS,
    ).catch(async (error) => {
      throw new Error(`${error.message}${await serverSide(publisher, viewer, mid)}`);
    });
  await ask({ spatial: 7, temporal: 7 });
  const before = await full();
  await ask({ spatial: 7, temporal: layers - 2 });
  await steady(viewer, mid);
  const fewer = await rate(viewer, mid);
  await ask(null);
  const after = await full();
  const figures = `${before.toFixed(1)} fps, with one temporal layer less ${fewer.toFixed(1)}, then ${after.toFixed(1)}`;
  assert.ok(fewer < before * 0.75, `fewer frames: ${figures}`);
  return figures;
}
