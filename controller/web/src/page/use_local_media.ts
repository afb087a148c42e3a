import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { LocalMedia, type LocalMediaState } from '../client/index.js';
import type { Preferences } from './preferences.js';

/** The devices of this page, open as long as the room's view is shown. */
export function useLocalMedia(preferences: Preferences): {
  media: LocalMedia;
  state: LocalMediaState;
  /** The browser has answered the first question for devices. */
  ready: boolean;
} {
  const initial = useRef({ microphone: preferences.microphone, camera: preferences.camera });
  const media = useMemo(() => new LocalMedia(initial.current), []);
  const [state, setState] = useState(media.state);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const unsubscribe = media.on('change', setState);
    void media.open().then(() => setReady(true));
    return () => {
      unsubscribe();
      media.close();
    };
  }, [media]);

  return { media, state, ready };
}
