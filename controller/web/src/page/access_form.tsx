import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts } from './texts.js';

/** Asks for the token of a server that lets nobody in without it. */
export function AccessForm(props: {
  /** One was given, and it was the wrong one. */
  refused: boolean;
  onToken: (token: string) => void;
  onStart: () => void;
}): JSX.Element {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  const token = typed.trim();

  return (
    <form
      class="access-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (token !== '') props.onToken(token);
      }}
    >
      {props.refused && (
        <div class="problems" role="alert">
          <p>{t('accessCodeWrong')}</p>
        </div>
      )}
      <label class="field">
        <span>{t('accessCode')}</span>
        <input
          name="token"
          value={typed}
          aria-describedby="access-hint"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={1024}
          required
          autofocus
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p id="access-hint" class="hint">
        {t('accessCodeHint')}
      </p>
      <div class="ended-choices">
        <button type="submit" class="primary-button">
          {t('join')}
        </button>
        <button type="button" class="plain-button" onClick={props.onStart}>
          {t('toStart')}
        </button>
      </div>
    </form>
  );
}
