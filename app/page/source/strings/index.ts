/** Which language the page speaks, and what dates are in it. */

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import { en, type Strings } from './en';
import { zh } from './zh';

export type { Strings };

/** All languages of the page, in the order of the switch. */
export const languages: Strings[] = [en, zh];

const KEY = 'language';

export const Words = createContext<Strings>(en);
export const useWords = () => useContext(Words);

/** The one that was chosen, else the first of the browser's that the page speaks, else English. */
export function preferred(chosen: string | null, wanted: readonly string[]): Strings {
  const codes = [...(chosen ? [chosen] : []), ...wanted];
  for (const code of codes) {
    const primary = code.toLowerCase().split('-')[0];
    const found = languages.find((words) => words.code.split('-')[0] === primary);
    if (found) return found;
  }
  return en;
}

/** How long ago, in words: "3 hours ago". `then` and `now` in milliseconds. */
export function ago(then: number, now: number, words: Strings): string {
  const format = new Intl.RelativeTimeFormat(words.code, { numeric: 'auto' });
  const past = Math.max(0, now - then) / 1000;
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, 'second'],
    [3600, 'minute'],
    [86_400, 'hour'],
    [86_400 * 30, 'day'],
    [86_400 * 365, 'month'],
  ];
  let size = 1;
  for (const [end, unit] of steps) {
    if (past < end) return format.format(-Math.floor(past / size), unit);
    size = end;
  }
  return format.format(-Math.floor(past / size), 'year');
}

/** The name of a language by its code, in the page's language. */
export function languageName(code: string, words: Strings): string {
  try {
    return new Intl.DisplayNames([words.code], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is refused: the browser's language then
  }
}

export function storeLanguage(code: string): void {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // It holds for this page then.
  }
}
