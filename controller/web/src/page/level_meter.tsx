import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from './texts.js';

const FLOOR_DB = -60;

/** Shows that the microphone hears something. */
export function LevelMeter(props: { track: MediaStreamTrack | null }): JSX.Element {
  const t = useTexts();
  const meter = useRef<HTMLMeterElement>(null);

  useEffect(() => {
    const { track } = props;
    if (!track) return undefined;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    const timer = setInterval(() => {
      // Started without a click in some browsers only; this tries until it may.
      if (context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const level = Math.max(0, 1 - (10 * Math.log10(power + 1e-9)) / FLOOR_DB);
      shown = Math.max(level, shown * 0.8);
      if (meter.current) meter.current.value = shown;
    }, 60);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [props.track]);

  return <meter ref={meter} class="level" min={0} max={1} value={0} aria-label={t('microphoneLevel')} />;
}
