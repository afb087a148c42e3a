import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { withToken } from './access_token.js';
import { loadPreferences, savePreferences, type Preferences } from './preferences.js';
import { RoomPage } from './room_page.js';
import { pathOfRoom, roomOfPath } from './room_name.js';
import { StartPage } from './start_page.js';
import { TranslateContext, translator } from './texts.js';

export type ChangePreferences = (change: Partial<Preferences>) => void;

export function App(): JSX.Element {
  const [preferences, setPreferences] = useState(loadPreferences);
  const [room, setRoom] = useState(() => roomOfPath(location.pathname));
  const translate = useMemo(() => translator(preferences.language), [preferences.language]);

  const change = useCallback((part: Partial<Preferences>) => {
    setPreferences((before) => {
      const after = { ...before, ...part };
      savePreferences(after);
      return after;
    });
  }, []);

  const go = useCallback((next: string | null) => {
    const path = next === null ? '/' : pathOfRoom(next);
    history.pushState(null, '', withToken(path, location.hash));
    setRoom(next);
  }, []);

  useEffect(() => {
    const follow = (): void => setRoom(roomOfPath(location.pathname));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);

  useEffect(() => {
    document.documentElement.lang = preferences.language;
    document.documentElement.dataset['theme'] = preferences.theme;
  }, [preferences.language, preferences.theme]);

  useEffect(() => {
    document.title = room === null ? translate('title') : `${room} · ${translate('title')}`;
  }, [room, translate]);

  return (
    <TranslateContext.Provider value={translate}>
      {room === null ? (
        <StartPage preferences={preferences} onChange={change} onOpen={go} />
      ) : (
        <RoomPage
          key={room}
          room={room}
          preferences={preferences}
          onChange={change}
          onStart={() => go(null)}
        />
      )}
    </TranslateContext.Provider>
  );
}
