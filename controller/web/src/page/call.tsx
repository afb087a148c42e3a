import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LocalMedia, LocalMediaState, Participant } from '../client/index.js';
import { roomLink } from './access_token.js';
import type { ChangePreferences } from './app.js';
import { ChatPanel } from './chat_panel.js';
import { CopyLink } from './copy_link.js';
import { DeviceProblems, DeviceToggle } from './device_controls.js';
import { ChatIcon, LeaveIcon, Mark, PeopleIcon, ScreenIcon, SettingsIcon } from './icons.js';
import type { Preferences } from './preferences.js';
import { SettingsDialog } from './settings_dialog.js';
import { Sound } from './sound.js';
import { Stage } from './stage.js';
import { useTexts } from './texts.js';
import { tilesOf, type Tile } from './tiles.js';
import { useConference } from './use_conference.js';
import { useDemand } from './use_demand.js';
import { useScreen } from './use_screen.js';
import { useStatistics } from './use_statistics.js';

export function Call(props: {
  room: string;
  preferences: Preferences;
  onChange: ChangePreferences;
  media: LocalMedia;
  local: LocalMediaState;
  onEnd: (reason: string, detail: string) => void;
}): JSX.Element {
  const t = useTexts();
  const { local, media, preferences } = props;
  const view = useConference(props.room, preferences.name);
  const { conference, state, participants, slots } = view;
  const screen = useScreen(conference);
  const [settingsOpen, setSettingsOpen] = useState(false);
  const [chatOpen, setChatOpen] = useState(false);
  const [read, setRead] = useState(0);
  const [large, setLarge] = useState<string | null>(null);
  const [examined, setExamined] = useState<string | null>(null);
  const statistics = useStatistics(conference, examined !== null);
  const notice = useNotice(participants, state.phase === 'connected');
  const slow = useSlow(state.phase === 'connecting');

  const { microphone, camera } = local;
  useEffect(() => {
    void conference.publish('microphone', microphone.track, !microphone.enabled);
  }, [conference, microphone.track, microphone.enabled]);
  useEffect(() => {
    void conference.publish('camera', camera.track, !camera.enabled);
  }, [conference, camera.track, camera.enabled]);
  useDemand(conference, slots, large, state.phase === 'connected');

  useEffect(() => {
    if (state.phase === 'ended') props.onEnd(state.reason, state.detail);
  }, [state]);

  useEffect(() => {
    if (chatOpen) setRead(view.messages.length);
  }, [chatOpen, view.messages.length]);

  useShortcuts({
    m: () => void media.setEnabled('microphone', !(microphone.enabled && microphone.track)),
    v: () => void media.setEnabled('camera', !(camera.enabled && camera.track)),
    c: () => setChatOpen((open) => !open),
  });

  const others = useMemo(() => tilesOf(participants, slots), [participants, slots]);
  const own: Tile = {
    key: 'own',
    identity: conference.identity ?? 'own',
    name: preferences.name,
    kind: 'camera',
    media: camera.enabled ? camera.track : null,
    mid: null,
    muted: !microphone.enabled || microphone.track === null,
    unsupported: false,
  };
  // A screen that is newly shared takes the stage; who wants the grid back has a button for it.
  const screenKey = others.find((tile) => tile.kind === 'screen')?.key ?? null;
  useEffect(() => setLarge(screenKey), [screenKey]);

  const unread = view.messages.length - read;
  const chatLabel = unread > 0 && !chatOpen ? t('chatUnread', { count: unread }) : t('chat');

  return (
    <div class={`call${chatOpen ? ' with-chat' : ''}`} data-phase={state.phase}>
      <header class="bar call-bar">
        <span class="wordmark">
          <Mark /> <span class="room-name">{props.room}</span>
        </span>
        <span class="people" title={t('people', { count: participants.length + 1 })}>
          <PeopleIcon />
          <span aria-label={t('people', { count: participants.length + 1 })}>
            {participants.length + 1}
          </span>
        </span>
        <CopyLink />
      </header>

      <main class="call-main">
        {state.phase !== 'connected' && state.phase !== 'ended' && (
          <p class="banner" role="status">
            <span class="spinner" aria-hidden="true" />
            {state.phase === 'reconnecting'
              ? t('reconnecting')
              : slow
                ? t('serverAway')
                : t('connecting')}
          </p>
        )}
        <DeviceProblems local={local} />
        {screen.sharing && (
          <p class="banner calm" role="status">
            <ScreenIcon /> {t('sharingNow')}
          </p>
        )}
        <Stage
          own={own}
          others={others}
          speakers={useMemo(() => new Set(view.speakers), [view.speakers])}
          large={large}
          onLarge={setLarge}
          examined={examined}
          onExamine={setExamined}
          statistics={statistics}
          language={preferences.language}
          empty={
            state.phase === 'connected' && (
              <div class="tile alone">
                <p>{t('alone')}</p>
                <p class="hint">{t('aloneHint')}</p>
                <code>{roomLink(location)}</code>
              </div>
            )
          }
        />
        <p class="notice" role="status">
          {notice}
        </p>
        <Sound slots={slots} />
      </main>

      {chatOpen && (
        <ChatPanel
          messages={view.messages}
          participants={participants}
          language={preferences.language}
          onSend={view.send}
          onClose={() => setChatOpen(false)}
        />
      )}

      <footer class="controls">
        <DeviceToggle kind="microphone" state={microphone} media={media} />
        <DeviceToggle kind="camera" state={camera} media={media} />
        {screen.possible && (
          <button
            type="button"
            class={`round-button${screen.sharing ? ' active' : ''}`}
            data-control="screen"
            aria-label={screen.sharing ? t('stopSharing') : t('shareScreen')}
            title={screen.sharing ? t('stopSharing') : t('shareScreen')}
            aria-pressed={screen.sharing}
            onClick={screen.toggle}
          >
            <ScreenIcon />
          </button>
        )}
        <button
          type="button"
          class={`round-button${chatOpen ? ' active' : ''}`}
          data-control="chat"
          aria-label={chatLabel}
          title={`${chatLabel} (C)`}
          aria-expanded={chatOpen}
          onClick={() => setChatOpen(!chatOpen)}
        >
          <ChatIcon />
          {unread > 0 && !chatOpen && <span class="badge">{unread > 9 ? '9+' : unread}</span>}
        </button>
        <button
          type="button"
          class="round-button"
          data-control="settings"
          aria-label={t('settings')}
          title={t('settings')}
          aria-haspopup="dialog"
          onClick={() => setSettingsOpen(true)}
        >
          <SettingsIcon />
        </button>
        <button
          type="button"
          class="round-button leave"
          data-control="leave"
          aria-label={t('leave')}
          title={t('leave')}
          onClick={() => conference.leave()}
        >
          <LeaveIcon />
        </button>
      </footer>
      {settingsOpen && (
        <SettingsDialog
          preferences={preferences}
          onChange={props.onChange}
          media={media}
          local={local}
          onClose={() => setSettingsOpen(false)}
        />
      )}
    </div>
  );
}

/** Who came and who went, for a few seconds; those who were there when we came are no news. */
function useNotice(participants: readonly Participant[], connected: boolean): string {
  const t = useTexts();
  const before = useRef(participants);
  const [notice, setNotice] = useState('');

  useEffect(() => {
    const last = before.current;
    before.current = participants;
    if (!connected) return;
    const came = participants.find((one) => !last.some(({ identity }) => identity === one.identity));
    const went = last.find((one) => !participants.some(({ identity }) => identity === one.identity));
    if (came) setNotice(t('someoneJoined', { name: came.name }));
    else if (went) setNotice(t('someoneLeft', { name: went.name }));
  }, [participants]);

  useEffect(() => {
    if (notice === '') return undefined;
    const timer = setTimeout(() => setNotice(''), 4000);
    return () => clearTimeout(timer);
  }, [notice]);

  return notice;
}

/** True once `active` has lasted so long that something is wrong. */
function useSlow(active: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!active) return undefined;
    const timer = setTimeout(() => setSlow(true), 4000);
    return () => clearTimeout(timer);
  }, [active]);
  return slow;
}

/** Single keys, unless a person is typing or uses a modifier. */
function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (target?.closest('input, textarea, select')) return;
      latest.current[event.key.toLowerCase()]?.();
    };
    addEventListener('keydown', handle);
    return () => removeEventListener('keydown', handle);
  }, []);
}
