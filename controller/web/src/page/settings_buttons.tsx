import type { JSX } from 'preact';
import type { ChangePreferences } from './app.js';
import { AutoIcon, DarkIcon, LightIcon } from './icons.js';
import type { Preferences, Theme } from './preferences.js';
import { useTexts } from './texts.js';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

/** Language and colours, in the corner of every view. */
export function SettingsButtons(props: {
  preferences: Preferences;
  onChange: ChangePreferences;
}): JSX.Element {
  const t = useTexts();
  const { language, theme } = props.preferences;
  const label =
    theme === 'auto' ? t('themeAuto') : theme === 'light' ? t('themeLight') : t('themeDark');
  const other = language === 'de' ? 'en' : 'de';
  return (
    <div class="settings-buttons">
      <button
        type="button"
        class="quiet-button"
        lang={other}
        aria-label={t('language')}
        title={t('language')}
        onClick={() => props.onChange({ language: other })}
      >
        {other.toUpperCase()}
      </button>
      <button
        type="button"
        class="quiet-button"
        aria-label={label}
        title={label}
        onClick={() => props.onChange({ theme: NEXT_THEME[theme] })}
      >
        {theme === 'auto' ? <AutoIcon /> : theme === 'light' ? <LightIcon /> : <DarkIcon />}
      </button>
    </div>
  );
}
