import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { tabStorage } from '../client/index.js';
import { hashOfToken, tokenOfHash } from './access_token.js';
import type { ChangePreferences } from './app.js';
import { Call } from './call.js';
import { EndedPage } from './ended_page.js';
import { Lobby } from './lobby.js';
import type { Preferences } from './preferences.js';
import { useLocalMedia } from './use_local_media.js';

/** Set while we are in the call: a reload goes straight back into it, a duplicated tab does not. */
function joinedKey(room: string): string {
  return `stellwerk.joined.${room}`;
}

function wasJoined(room: string): boolean {
  try {
    return (tabStorage()?.getItem(joinedKey(room)) ?? null) !== null;
  } catch {
    return false;
  }
}

function rememberJoined(room: string, joined: boolean): void {
  try {
    if (joined) tabStorage()?.setItem(joinedKey(room), '1');
    else tabStorage()?.removeItem(joinedKey(room));
  } catch {
    // Without storage a reload shows the lobby.
  }
}

type Stage = { at: 'lobby' } | { at: 'call' } | { at: 'ended'; reason: string; detail: string };

/** A room from the look into the mirror to the goodbye. */
export function RoomPage(props: {
  room: string;
  preferences: Preferences;
  onChange: ChangePreferences;
  onStart: () => void;
}): JSX.Element {
  const { room, preferences, onChange } = props;
  const [stage, setStage] = useState<Stage>(() =>
    wasJoined(room) && preferences.name !== '' ? { at: 'call' } : { at: 'lobby' },
  );

  useEffect(() => rememberJoined(room, stage.at === 'call'), [room, stage]);

  if (stage.at === 'ended') {
    return (
      <EndedPage
        reason={stage.reason}
        detail={stage.detail}
        refused={tokenOfHash(location.hash) !== null}
        onToken={(token) => {
          // In the address, it is there after a reload and in the links that are copied.
          history.replaceState(null, '', location.pathname + hashOfToken(token));
          setStage({ at: preferences.name !== '' ? 'call' : 'lobby' });
        }}
        onRejoin={() => setStage({ at: 'lobby' })}
        onStart={props.onStart}
      />
    );
  }
  return (
    <WithDevices
      {...props}
      inCall={stage.at === 'call'}
      onJoin={(name) => {
        onChange({ name });
        setStage({ at: 'call' });
      }}
      onEnd={(reason, detail) => setStage({ at: 'ended', reason, detail })}
    />
  );
}

/** Devices stay open from the lobby into the call, and are closed after it. */
function WithDevices(props: {
  room: string;
  preferences: Preferences;
  onChange: ChangePreferences;
  inCall: boolean;
  onJoin: (name: string) => void;
  onEnd: (reason: string, detail: string) => void;
}): JSX.Element {
  const { preferences, onChange } = props;
  const devices = useLocalMedia(preferences);
  const { microphone, camera } = devices.state;

  useEffect(() => {
    onChange({
      microphone: { enabled: microphone.enabled, selected: microphone.selected },
      camera: { enabled: camera.enabled, selected: camera.selected },
    });
  }, [microphone.enabled, microphone.selected, camera.enabled, camera.selected, onChange]);

  return props.inCall ? (
    <Call
      room={props.room}
      preferences={preferences}
      onChange={onChange}
      media={devices.media}
      local={devices.state}
      onEnd={props.onEnd}
    />
  ) : (
    <Lobby
      room={props.room}
      preferences={preferences}
      onChange={onChange}
      media={devices.media}
      local={devices.state}
      ready={devices.ready}
      onJoin={props.onJoin}
    />
  );
}
