import assert from 'node:assert/strict';
import test from 'node:test';
import { LocalMedia, type Devices } from '../../../controller/web/src/client/local_media.js';

/** A phone: its cameras can be open one at a time, and some of them not at all. */
class Phone {
  readonly broken = new Set<string>();
  readonly open = new Set<string>();
  readonly asked: string[] = [];
  /** Set: the next question is answered when this is resolved. */
  answer: Promise<void> = Promise.resolve();

  readonly devices = {
    getUserMedia: async (wanted: MediaStreamConstraints): Promise<MediaStream> => {
      const kinds = (['audio', 'video'] as const).filter((kind) => wanted[kind]);
      const ids = kinds.map((kind) => {
        const { deviceId } = wanted[kind] as { deviceId?: { ideal: string } };
        return deviceId?.ideal ?? (kind === 'audio' ? 'headset' : 'front');
      });
      this.asked.push(...ids);
      await this.answer;
      const tracks = kinds.map((kind, index) => this.#track(kind, ids[index] ?? ''));
      return { getTracks: () => tracks } as unknown as MediaStream;
    },
    enumerateDevices: async () => [],
    addEventListener() {},
    removeEventListener() {},
  } as unknown as Devices;

  #track(kind: 'audio' | 'video', id: string): MediaStreamTrack {
    const held = kind === 'video' && (this.open.has('front') || this.open.has('back'));
    if (held || this.broken.has(id)) throw new DOMException('in use', 'NotReadableError');
    this.open.add(id);
    return {
      kind,
      enabled: true,
      getSettings: () => ({ deviceId: id }),
      stop: () => this.open.delete(id),
    } as unknown as MediaStreamTrack;
  }
}

const CAMERA_ONLY = { microphone: { enabled: false, selected: '' } };

test('the camera changes where only one can be open', async () => {
  const phone = new Phone();
  const media = new LocalMedia(CAMERA_ONLY, phone.devices);
  await media.open();
  await media.select('camera', 'back');
  assert.deepEqual([...phone.open], ['back']);
  assert.equal(media.state.camera.selected, 'back');
  assert.equal(media.state.camera.problem, null);
});

test('a camera that cannot be opened gives way to the one before', async () => {
  const phone = new Phone();
  phone.broken.add('back');
  const media = new LocalMedia(CAMERA_ONLY, phone.devices);
  await media.open();
  await media.select('camera', 'back');
  assert.deepEqual([...phone.open], ['front']);
  assert.equal(media.state.camera.track?.getSettings().deviceId, 'front');
  assert.equal(media.state.camera.selected, 'front');
  assert.equal(media.state.camera.problem, null);
});

test('if the one before is gone as well, the reason is told', async () => {
  const phone = new Phone();
  const media = new LocalMedia(CAMERA_ONLY, phone.devices);
  await media.open();
  phone.broken.add('back').add('front');
  await media.select('camera', 'back');
  assert.equal(media.state.camera.track, null);
  assert.equal(media.state.camera.problem, 'busy');
});

test('a microphone that cannot be opened leaves the one in use alone', async () => {
  const phone = new Phone();
  phone.broken.add('usb');
  const media = new LocalMedia({}, phone.devices);
  await media.open();
  const { track } = media.state.microphone;
  await media.select('microphone', 'usb');
  assert.ok(track);
  assert.equal(media.state.microphone.track, track);
  assert.equal(media.state.microphone.selected, 'headset');
  assert.ok(phone.open.has('headset'));
});

test('of choices in a hurry the last one is in use', async () => {
  const phone = new Phone();
  const media = new LocalMedia(CAMERA_ONLY, phone.devices);
  await media.open();
  let resolve = (): void => {};
  phone.answer = new Promise((done) => (resolve = done));
  const choices = [media.select('camera', 'back')];
  await Promise.resolve();  // the first one is being opened by now
  assert.deepEqual(phone.asked, ['front', 'back']);
  choices.push(media.select('camera', 'wide'), media.select('camera', 'front'));
  resolve();
  await Promise.all(choices);
  assert.deepEqual([...phone.open], ['front']);
  assert.equal(media.state.camera.selected, 'front');
  assert.ok(!phone.asked.includes('wide'));
});

test('a camera that is switched off while it changes stays off', async () => {
  const phone = new Phone();
  phone.broken.add('back');
  const media = new LocalMedia(CAMERA_ONLY, phone.devices);
  await media.open();
  let resolve = (): void => {};
  phone.answer = new Promise((done) => (resolve = done));
  const change = media.select('camera', 'back');
  await Promise.resolve();  // it is being opened by now
  await media.setEnabled('camera', false);
  resolve();
  await change;
  assert.equal(phone.open.size, 0);
  assert.equal(media.state.camera.track, null);
  await media.setEnabled('camera', true);
  assert.deepEqual([...phone.open], ['front']);
});
