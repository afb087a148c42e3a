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

/**
 * Microphone and camera of this browser. A camera that is switched off is really closed, so that its
 * light goes out; a muted microphone stays open, so that the first word after it is heard.
 */
export class LocalMedia extends Emitter<{ change: LocalMediaState }> {
  #state: LocalMediaState;
  #closed = false;

  constructor(initial: Partial<Record<DeviceKind, { enabled: boolean; selected: string }>> = {}) {
    super();
    this.#state = {
      microphone: { ...OFF, ...initial.microphone },
      camera: { ...OFF, ...initial.camera },
    };
    navigator.mediaDevices?.addEventListener('devicechange', this.#listChoices);
  }

  get state(): LocalMediaState {
    return this.#state;
  }

  /** Opens what is enabled. Asks for both at once: one question to the person, not two. */
  async open(): Promise<void> {
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
      await this.#openOne(kind);
      await this.#listChoices();
    }
  }

  async select(kind: DeviceKind, selected: string): Promise<void> {
    this.#patch(kind, { selected });
    if (this.#state[kind].enabled || this.#state[kind].track) await this.#openOne(kind);
  }

  close(): void {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener('devicechange', this.#listChoices);
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
    if (!navigator.mediaDevices?.getUserMedia) {
      // Browsers hide devices from pages that came over plain HTTP from another machine.
      throw new DOMException('no secure context', 'InsecureContextError');
    }
    return navigator.mediaDevices.getUserMedia({
      ...(kinds.includes('microphone') && { audio: this.#constraints('microphone') }),
      ...(kinds.includes('camera') && { video: this.#constraints('camera') }),
    });
  }

  async #openOne(kind: DeviceKind): Promise<void> {
    try {
      this.#adopt(await this.#capture([kind]));
    } catch (error) {
      this.#drop(kind);
      const insecure = (error as { name?: string }).name === 'InsecureContextError';
      this.#patch(kind, { problem: insecure ? 'insecure' : deviceProblem(error) });
    }
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
    await this.#openOne(kind);
    await this.#listChoices();
  }

  #drop(kind: DeviceKind): void {
    const { track } = this.#state[kind];
    if (!track) return;
    track.onended = null;
    track.stop();
    this.#patch(kind, { track: null });
  }

  readonly #listChoices = async (): Promise<void> => {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
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
