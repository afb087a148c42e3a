import type { JSX } from 'preact';
import { AccessForm } from './access_form.js';
import { Mark } from './icons.js';
import type { Texts } from './messages_en.js';
import { useTexts } from './texts.js';

const TEXT_OF_REASON: Readonly<Record<string, keyof Texts>> = {
  left: 'endedLeft',
  replaced: 'endedReplaced',
  removed: 'endedRemoved',
  room_closed: 'endedClosed',
  room_full: 'endedFull',
  unsupported_version: 'endedVersion',
};

export function EndedPage(props: {
  reason: string;
  detail: string;
  /** There was a token, which the server may have refused. */
  refused: boolean;
  onToken: (token: string) => void;
  onRejoin: () => void;
  onStart: () => void;
}): JSX.Element {
  const t = useTexts();
  const key = TEXT_OF_REASON[props.reason] ?? 'endedOther';
  if (props.reason === 'unauthorized') {
    return (
      <main class="ended">
        <Mark />
        <h1>{t('endedUnauthorized')}</h1>
        <AccessForm refused={props.refused} onToken={props.onToken} onStart={props.onStart} />
      </main>
    );
  }
  return (
    <main class="ended">
      <Mark />
      <h1>{t(key, { reason: props.reason })}</h1>
      {props.reason !== 'left' && props.detail !== '' && <p class="hint">{props.detail}</p>}
      <div class="ended-choices">
        <button type="button" class="primary-button" autofocus onClick={props.onRejoin}>
          {t('rejoin')}
        </button>
        <button type="button" class="plain-button" onClick={props.onStart}>
          {t('toStart')}
        </button>
      </div>
    </main>
  );
}
