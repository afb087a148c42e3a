import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ChangePreferences } from './app.js';
import { Mark, TrackDiagram } from './icons.js';
import type { Preferences } from './preferences.js';
import { randomRoomName, roomNameOf } from './room_name.js';
import { SettingsButtons } from './settings_buttons.js';
import { useTexts } from './texts.js';

export function StartPage(props: {
  preferences: Preferences;
  onChange: ChangePreferences;
  onOpen: (room: string) => void;
}): JSX.Element {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  const room = roomNameOf(typed);

  return (
    <div class="start">
      <header class="bar">
        <span class="wordmark">
          <Mark /> Stellwerk
        </span>
        <SettingsButtons preferences={props.preferences} onChange={props.onChange} />
      </header>
      <TrackDiagram />
      <main class="start-main">
        <h1>{t('tagline')}</h1>
        <p class="lead">{t('startLead')}</p>
        <form
          class="start-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (room !== '') props.onOpen(room);
          }}
        >
          <label class="field">
            <span>{t('roomName')}</span>
            <input
              name="room"
              value={typed}
              placeholder={t('roomPlaceholder')}
              aria-describedby="room-hint"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              maxLength={64}
              required
              autofocus
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary-button">
            {t('openRoom')}
          </button>
          <p id="room-hint" class="hint">
            {room !== '' && room !== typed ? `→ ${room}` : t('roomHint')}
          </p>
          <button
            type="button"
            class="text-button"
            onClick={() => props.onOpen(randomRoomName((values) => crypto.getRandomValues(values)))}
          >
            {t('newRoom')}
          </button>
        </form>
      </main>
    </div>
  );
}
