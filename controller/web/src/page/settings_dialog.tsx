import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { LocalMedia, LocalMediaState } from '../client/index.js';
import type { ChangePreferences } from './app.js';
import { DeviceSelect } from './device_controls.js';
import { CloseIcon } from './icons.js';
import { LevelMeter } from './level_meter.js';
import type { Preferences } from './preferences.js';
import { SettingsButtons } from './settings_buttons.js';
import { useTexts } from './texts.js';

/** Devices, language and colours during a call. */
export function SettingsDialog(props: {
  preferences: Preferences;
  onChange: ChangePreferences;
  media: LocalMedia;
  local: LocalMediaState;
  onClose: () => void;
}): JSX.Element {
  const t = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const { local, media } = props;

  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog
      ref={dialog}
      class="settings"
      aria-labelledby="settings-title"
      onClose={props.onClose}
      onClick={(event) => {
        // Only the backdrop: what is inside covers the dialog's own area.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="settings-body">
        <header class="settings-head">
          <h2 id="settings-title">{t('settings')}</h2>
          <button
            type="button"
            class="quiet-button"
            aria-label={t('close')}
            onClick={() => dialog.current?.close()}
          >
            <CloseIcon />
          </button>
        </header>
        <div>
          <DeviceSelect kind="microphone" state={local.microphone} media={media} />
          <LevelMeter track={local.microphone.enabled ? local.microphone.track : null} />
        </div>
        <DeviceSelect kind="camera" state={local.camera} media={media} />
        <SettingsButtons preferences={props.preferences} onChange={props.onChange} />
      </div>
    </dialog>
  );
}
