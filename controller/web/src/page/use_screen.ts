import { useEffect, useRef, useState } from 'preact/hooks';
import type { Conference } from '../client/index.js';

/** Sharing this screen beside the camera, as a source of its own. */
export function useScreen(conference: Conference): {
  possible: boolean;
  sharing: boolean;
  toggle: () => void;
} {
  const [track, setTrack] = useState<MediaStreamTrack | null>(null);
  const current = useRef<MediaStreamTrack | null>(null);

  const stop = (): void => {
    current.current?.stop();
    current.current = null;
    setTrack(null);
    void conference.publish('screen', null);
  };

  const start = async (): Promise<void> => {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { max: 15 } },
      audio: false,
    });
    const [video] = stream.getVideoTracks();
    if (!video) return;
    video.onended = stop;  // the browser's own "stop sharing"
    current.current = video;
    setTrack(video);
    await conference.publish('screen', video);
  };

  useEffect(() => () => current.current?.stop(), []);

  return {
    possible: typeof navigator.mediaDevices?.getDisplayMedia === 'function',
    sharing: track !== null,
    toggle: () => {
      if (track) stop();
      else start().catch(() => {});  // the person chose nothing
    },
  };
}
