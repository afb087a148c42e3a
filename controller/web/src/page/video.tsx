import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A picture that fades in with its first frame, so that nothing of a former source is seen. */
export function Video(props: {
  media: MediaStreamTrack;
  mirrored?: boolean;
  whole?: boolean;
}): JSX.Element {
  const element = useRef<HTMLVideoElement>(null);
  const [live, setLive] = useState(false);

  useEffect(() => {
    const video = element.current;
    if (!video) return undefined;
    setLive(false);
    video.srcObject = new MediaStream([props.media]);
    video.play().catch(() => {});  // refused only while hidden; autoplay tries again
    let handle = 0;
    const show = (): void => setLive(true);
    if ('requestVideoFrameCallback' in video) handle = video.requestVideoFrameCallback(show);
    else (video as HTMLVideoElement).addEventListener('playing', show, { once: true });
    return () => {
      if (handle) video.cancelVideoFrameCallback(handle);
      video.srcObject = null;
    };
  }, [props.media]);

  return (
    <video
      ref={element}
      class={`picture${live ? ' live' : ''}${props.mirrored ? ' mirrored' : ''}${props.whole ? ' whole' : ''}`}
      autoplay
      playsInline
      muted
      disablePictureInPicture
    />
  );
}
