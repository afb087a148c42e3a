import { Emitter } from './emitter.js';

export type DeviceKind = 'microphone' | 'camera';

/** Why a device gives nothing. */
export type DeviceProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed';

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface DeviceState {
  readonly track: MediaStreamTrack | null;
  /** What the person wants; the track may be missing all the same. */
  readonly enabled: boolean;
  readonly problem: DeviceProblem | null;
  readonly choices: readonly DeviceChoice[];
  /** Id of the device in use or wished for; empty: the browser's default. */
  readonly selected: string;
}

export interface LocalMediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
}

const OFF: DeviceState = { track: null, enabled: true, problem: null, choices: [], selected: '' };

const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};
const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};

export function deviceProblem(error: unknown): DeviceProblem {
  switch ((error as { name?: string } | null)?.name) {
    case 'InsecureContextError':
      return 'insecure';
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** The part of navigator.mediaDevices that is used here. */
export type Devices = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

/**
 * Microphone and camera of this browser. A camera that is switched off is really closed, so that its
 * light goes out; a muted microphone stays open, so that the first word after it is heard.
 */
export class LocalMedia extends Emitter<{ change: LocalMediaState }> {
  readonly #devices: Devices | undefined;
  #state: LocalMediaState;
  #closed = false;
  /** Devices are opened one after the other; this is the end of the queue. */
  #opening: Promise<void> = Promise.resolve();
  /** Counts the choices of a device, so that only the last one of a hurry is opened. */
  readonly #choice: Record<DeviceKind, number> = { microphone: 0, camera: 0 };

  constructor(
    initial: Partial<Record<DeviceKind, { enabled: boolean; selected: string }>> = {},
    // Browsers hide it from pages that came over plain HTTP from another machine.
    devices: Devices | undefined = navigator.mediaDevices,
  ) {
    super();
    this.#devices = devices;
    this.#state = {
      microphone: { ...OFF, ...initial.microphone },
      camera: { ...OFF, ...initial.camera },
    };
    this.#devices?.addEventListener('devicechange', this.#listChoices);
  }

  get state(): LocalMediaState {
    return this.#state;
  }

  /** Opens what is enabled. Asks for both at once: one question to the person, not two. */
  open(): Promise<void> {
    return this.#queue(() => this.#openEnabled());
  }

  async #openEnabled(): Promise<void> {
    const wanted = (['microphone', 'camera'] as const).filter((kind) => this.#state[kind].enabled);
    if (wanted.length === 2) {
      try {
        this.#adopt(await this.#capture(wanted));
        await this.#listChoices();
        return;
      } catch {
        // One of the two is missing or refused: find out which.
      }
    }
    for (const kind of wanted) await this.#openOne(kind);
    await this.#listChoices();
  }

  async setEnabled(kind: DeviceKind, enabled: boolean): Promise<void> {
    this.#patch(kind, { enabled });
    const { track } = this.#state[kind];
    if (kind === 'microphone' && track) {
      track.enabled = enabled;
    } else if (!enabled) {
      this.#drop(kind);
    } else {
      await this.#queue(async () => {
        // Switched off again meanwhile, or opened for somebody who asked before.
        if (!this.#state[kind].enabled || this.#state[kind].track) return;
        await this.#openOne(kind);
        await this.#listChoices();
      });
    }
  }

  /** Changes to another device. If that cannot be opened, the one before is in use again. */
  async select(kind: DeviceKind, selected: string): Promise<void> {
    const before = this.#state[kind].selected;
    const choice = ++this.#choice[kind];
    this.#patch(kind, { selected });
    await this.#queue(async () => {
      if (choice === this.#choice[kind]) await this.#change(kind, selected, before);
    });
  }

  async #change(kind: DeviceKind, selected: string, fallback: string): Promise<void> {
    const { enabled, track } = this.#state[kind];
    if (!enabled && !track) return;  // opened when it is switched on
    const before = track?.getSettings().deviceId ?? fallback;
    // Many phones can hold one camera at a time only. A microphone stays open, lest a word be lost.
    if (kind === 'camera') this.#drop(kind);
    this.#patch(kind, { selected });  // what was opened meanwhile may have put its own name here
    const problem = await this.#tryToOpen(kind);
    if (problem === null) return;
    if (track) this.#patch(kind, { selected: before });
    if (this.#state[kind].track || !this.#state[kind].enabled) return;
    const restored = track !== null && (await this.#tryToOpen(kind)) === null;
    if (!restored) this.#patch(kind, { problem });
  }

  close(): void {
    this.#closed = true;
    this.#devices?.removeEventListener('devicechange', this.#listChoices);
    this.#drop('microphone');
    this.#drop('camera');
  }

  #constraints(kind: DeviceKind): MediaTrackConstraints {
    const { selected } = this.#state[kind];
    return {
      ...(kind === 'microphone' ? AUDIO : VIDEO),
      // Not `exact`: a device that was unplugged since then must not stop the call.
      ...(selected !== '' && { deviceId: { ideal: selected } }),
    };
  }

  async #capture(kinds: readonly DeviceKind[]): Promise<MediaStream> {
    if (!this.#devices?.getUserMedia) {
      throw new DOMException('no secure context', 'InsecureContextError');
    }
    return this.#devices.getUserMedia({
      ...(kinds.includes('microphone') && { audio: this.#constraints('microphone') }),
      ...(kinds.includes('camera') && { video: this.#constraints('camera') }),
    });
  }

  async #openOne(kind: DeviceKind): Promise<void> {
    const problem = await this.#tryToOpen(kind);
    if (problem !== null) this.#patch(kind, { problem });
  }

  async #tryToOpen(kind: DeviceKind): Promise<DeviceProblem | null> {
    try {
      this.#adopt(await this.#capture([kind]));
      return null;
    } catch (error) {
      return deviceProblem(error);
    }
  }

  /** Two at once could both hold, or both be refused, a device that only one may have. */
  #queue(open: () => Promise<void>): Promise<void> {
    const done = this.#opening.then(() => (this.#closed ? undefined : open()));
    this.#opening = done.catch(() => {});
    return done;
  }

  #adopt(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      const kind: DeviceKind = track.kind === 'audio' ? 'microphone' : 'camera';
      // Closed, or switched off again, while the browser was still asking.
      if (this.#closed || (kind === 'camera' && !this.#state.camera.enabled)) {
        track.stop();
        continue;
      }
      this.#state[kind].track?.stop();
      if (kind === 'microphone') track.enabled = this.#state.microphone.enabled;
      track.onended = () => void this.#replaceEnded(kind, track);
      this.#patch(kind, {
        track,
        problem: null,
        selected: track.getSettings().deviceId ?? this.#state[kind].selected,
      });
    }
  }

  /** The device was unplugged: whatever else is there takes over. */
  async #replaceEnded(kind: DeviceKind, ended: MediaStreamTrack): Promise<void> {
    if (this.#closed || this.#state[kind].track !== ended) return;
    this.#patch(kind, { track: null, selected: '' });
    await this.#queue(async () => {
      if (!this.#state[kind].track && (kind === 'microphone' || this.#state.camera.enabled)) {
        await this.#openOne(kind);
      }
      await this.#listChoices();
    });
  }

  #drop(kind: DeviceKind): void {
    const { track } = this.#state[kind];
    if (!track) return;
    track.onended = null;
    track.stop();
    this.#patch(kind, { track: null });
  }

  readonly #listChoices = async (): Promise<void> => {
    const devices = (await this.#devices?.enumerateDevices()) ?? [];
    const choices = (kind: MediaDeviceKind): DeviceChoice[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map((device, index) => ({
          id: device.deviceId,
          label: device.label || `${index + 1}`,
        }));
    this.#patch('microphone', { choices: choices('audioinput') });
    this.#patch('camera', { choices: choices('videoinput') });
  };

  #patch(kind: DeviceKind, change: Partial<DeviceState>): void {
    this.#state = { ...this.#state, [kind]: { ...this.#state[kind], ...change } };
    this.emit('change', this.#state);
  }
}
