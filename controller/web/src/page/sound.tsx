import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Slot } from '../client/index.js';
import { SpeakerIcon } from './icons.js';
import { useTexts } from './texts.js';

/** The others' voices; a button appears when the browser wants a click before it plays. */
export function Sound(props: { slots: readonly Slot[] }): JSX.Element {
  const t = useTexts();
  const elements = useRef(new Set<HTMLAudioElement>());
  const [blocked, setBlocked] = useState(false);

  const resume = (): void => {
    setBlocked(false);
    for (const element of elements.current) element.play().catch(() => setBlocked(true));
  };

  return (
    <>
      {props.slots
        .filter((slot) => slot.kind === 'audio')
        .map((slot) => (
          <Voice
            key={slot.mid}
            media={slot.media}
            elements={elements.current}
            onBlocked={() => setBlocked(true)}
          />
        ))}
      {blocked && (
        <button type="button" class="primary-button sound-button" onClick={resume}>
          <SpeakerIcon /> {t('hearOthers')}
        </button>
      )}
    </>
  );
}

function Voice(props: {
  media: MediaStreamTrack;
  elements: Set<HTMLAudioElement>;
  onBlocked: () => void;
}): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);

  useEffect(() => {
    const audio = element.current;
    if (!audio) return undefined;
    props.elements.add(audio);
    audio.srcObject = new MediaStream([props.media]);
    audio.play().catch((error: Error) => {
      if (error.name === 'NotAllowedError') props.onBlocked();
    });
    return () => {
      props.elements.delete(audio);
      audio.srcObject = null;
    };
  }, [props.media]);

  return <audio ref={element} autoplay />;
}
