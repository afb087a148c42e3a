import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { german } from './messages_de.js';
import { english, type Texts } from './messages_en.js';
import type { Language } from './preferences.js';

export type Translate = (key: keyof Texts, values?: Readonly<Record<string, string | number>>) => string;

export function translator(language: Language): Translate {
  const texts = language === 'de' ? german : english;
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const TranslateContext = createContext<Translate>(translator('en'));

export function useTexts(): Translate {
  return useContext(TranslateContext);
}
