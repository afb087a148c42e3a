import type { JSX } from 'preact';
import type { DeviceKind, DeviceProblem, DeviceState, LocalMedia, LocalMediaState } from '../client/index.js';
import { CameraIcon, CameraOffIcon, MicrophoneIcon, MicrophoneOffIcon } from './icons.js';
import type { Texts } from './messages_en.js';
import { useTexts } from './texts.js';

const TEXT_OF_PROBLEM: Readonly<Record<DeviceProblem, keyof Texts>> = {
  denied: 'problemDenied',
  missing: 'problemMissing',
  busy: 'problemBusy',
  insecure: 'problemInsecure',
  failed: 'problemFailed',
};

export function DeviceToggle(props: {
  kind: DeviceKind;
  state: DeviceState;
  media: LocalMedia;
}): JSX.Element {
  const t = useTexts();
  const { kind, state, media } = props;
  const on = state.enabled && state.track !== null;
  const label =
    kind === 'microphone'
      ? t(on ? 'muteMicrophone' : 'unmuteMicrophone')
      : t(on ? 'stopCamera' : 'startCamera');
  const On = kind === 'microphone' ? MicrophoneIcon : CameraIcon;
  const Off = kind === 'microphone' ? MicrophoneOffIcon : CameraOffIcon;
  return (
    <button
      type="button"
      class={`round-button${on ? '' : ' off'}`}
      data-control={kind}
      aria-label={label}
      title={`${label} (${kind === 'microphone' ? 'M' : 'V'})`}
      aria-pressed={!on}
      onClick={() => void media.setEnabled(kind, !on)}
    >
      {on ? <On /> : <Off />}
      {state.problem && <span class="badge warning">!</span>}
    </button>
  );
}

export function DeviceSelect(props: {
  kind: DeviceKind;
  state: DeviceState;
  media: LocalMedia;
}): JSX.Element {
  const t = useTexts();
  const { kind, state, media } = props;
  return (
    <label class="field">
      <span>{t(kind)}</span>
      <select
        value={state.selected}
        disabled={state.choices.length === 0}
        onChange={(event) => void media.select(kind, event.currentTarget.value)}
      >
        {(state.choices.length === 0 || !state.choices.some(({ id }) => id === state.selected)) && (
          <option value="">{t('defaultDevice')}</option>
        )}
        {state.choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {/^\d+$/.test(choice.label) ? t('device', { label: choice.label }) : choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What is wrong with the devices, and what to do about it. */
export function DeviceProblems(props: { local: LocalMediaState }): JSX.Element | null {
  const t = useTexts();
  const problems = (['microphone', 'camera'] as const).flatMap((kind) => {
    const { problem, enabled } = props.local[kind];
    return problem && enabled ? [{ kind, text: t(TEXT_OF_PROBLEM[problem], { device: t(kind) }) }] : [];
  });
  if (problems.length === 0) return null;
  return (
    <div class="problems" role="alert">
      {problems.map(({ kind, text }) => (
        <p key={kind}>{text}</p>
      ))}
    </div>
  );
}
