import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LocalMedia, LocalMediaState } from '../client/index.js';
import { withToken } from './access_token.js';
import type { ChangePreferences } from './app.js';
import { DeviceProblems, DeviceSelect, DeviceToggle } from './device_controls.js';
import { Mark } from './icons.js';
import { LevelMeter } from './level_meter.js';
import type { Preferences } from './preferences.js';
import { SettingsButtons } from './settings_buttons.js';
import { useTexts } from './texts.js';
import { Video } from './video.js';

const hasWebRtc = 'RTCPeerConnection' in globalThis;

/** Name, devices and a look into the mirror before the door opens. */
export function Lobby(props: {
  room: string;
  preferences: Preferences;
  onChange: ChangePreferences;
  media: LocalMedia;
  local: LocalMediaState;
  ready: boolean;
  onJoin: (name: string) => void;
}): JSX.Element {
  const t = useTexts();
  const { local, media } = props;
  const [name, setName] = useState(props.preferences.name);
  const trimmed = name.trim();

  return (
    <div class="lobby">
      <header class="bar">
        <a class="wordmark" href={withToken('/', location.hash)}>
          <Mark /> Stellwerk
        </a>
        <SettingsButtons preferences={props.preferences} onChange={props.onChange} />
      </header>
      <main class="lobby-main">
        <section class="mirror" aria-label={t('camera')}>
          {local.camera.track ? (
            <Video media={local.camera.track} mirrored />
          ) : (
            <p class="mirror-empty">
              {local.camera.enabled && !props.ready ? t('cameraStarting') : t('cameraOff')}
            </p>
          )}
          <div class="mirror-controls">
            <DeviceToggle kind="microphone" state={local.microphone} media={media} />
            <DeviceToggle kind="camera" state={local.camera} media={media} />
          </div>
        </section>
        <form
          class="lobby-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (trimmed !== '') props.onJoin(trimmed);
          }}
        >
          <div>
            <p class="eyebrow">{t('inRoom', { room: props.room })}</p>
            <h1>{t('lobbyTitle')}</h1>
          </div>
          {!hasWebRtc && (
            <div class="problems" role="alert">
              <p>{t('unsupportedBrowser')}</p>
            </div>
          )}
          <label class="field">
            <span>{t('yourName')}</span>
            <input
              name="name"
              value={name}
              placeholder={t('namePlaceholder')}
              autocomplete="name"
              maxLength={60}
              required
              autofocus
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <div>
            <DeviceSelect kind="microphone" state={local.microphone} media={media} />
            <LevelMeter track={local.microphone.enabled ? local.microphone.track : null} />
          </div>
          <DeviceSelect kind="camera" state={local.camera} media={media} />
          <DeviceProblems local={local} />
          <button type="submit" class="primary-button" disabled={!hasWebRtc}>
            {t('join')}
          </button>
        </form>
      </main>
    </div>
  );
}
