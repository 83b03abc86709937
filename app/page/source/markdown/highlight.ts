/** Colours for code; what makes them is loaded when the first code appears. */

import { sanitised } from './sanitised';

/** Longer code stays as it is: colouring it would stop the page. */
const MOST_CHARS = 20_000;

/**
 * Replaces the element's text by the same with spans (`hljs-…`). Leaves it as it is where the
 * language is not known, where what colours cannot be loaded, and where it has changed meanwhile.
 */
export async function highlightCode(element: HTMLElement, language: string): Promise<void> {
  const code = element.textContent ?? '';
  if (language === '' || code.length > MOST_CHARS) return;
  let html: string | null;
  try {
    const { htmlOfCode } = await import('./languages');
    html = htmlOfCode(code, language.toLowerCase());
  } catch {
    return;
  }
  if (html === null || element.textContent !== code) return;
  const nodes = sanitised(html, 'code');
  if (nodes.textContent === code) element.replaceChildren(nodes);
}
