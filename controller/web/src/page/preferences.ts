export type Language = 'en' | 'de';
export type Theme = 'auto' | 'light' | 'dark';

/** What this browser remembers from call to call; it never leaves it. */
export interface Preferences {
  readonly name: string;
  readonly language: Language;
  readonly theme: Theme;
  readonly microphone: { readonly enabled: boolean; readonly selected: string };
  readonly camera: { readonly enabled: boolean; readonly selected: string };
}

const KEY = 'stellwerk.preferences';

export function languageOf(tags: readonly string[]): Language {
  const known = tags.map((tag) => tag.slice(0, 2).toLowerCase());
  return known.find((tag): tag is Language => tag === 'en' || tag === 'de') ?? 'en';
}

export function loadPreferences(): Preferences {
  const defaults: Preferences = {
    name: '',
    language: languageOf(navigator.languages),
    theme: 'auto',
    microphone: { enabled: true, selected: '' },
    camera: { enabled: true, selected: '' },
  };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults;  // storage is switched off
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // They hold for this page then.
  }
}
