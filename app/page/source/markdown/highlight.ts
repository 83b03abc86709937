/** Colours for code; what makes them is loaded when the first code appears. */

import { sanitised } from './sanitised';

/** Longer code stays as it is, and so does what has a longer chunk. */
const MOST_CHARS = 40_000;
const LONGEST_CHUNK = 8_000;
/** So much is coloured at once: more would stop the page for longer than is felt. */
const CHUNK_CHARS = 2_500;
/** Between what stands at the beginning of lines, where hardly any language has anything open. */
const GAP = /\n\n+(?=[\p{L}_@#/])/gu;

/**
 * Replaces the element's text by the same with spans (`hljs-…`), long code one chunk after the
 * other. Leaves it as it is where the language is not known, where what colours cannot be loaded,
 * and where it has changed meanwhile.
 */
export async function highlightCode(element: HTMLElement, language: string): Promise<void> {
  const code = element.textContent ?? '';
  if (language === '' || code.length > MOST_CHARS) return;
  try {
    const { htmlOfCode } = await import('./languages');
    const chunks = chunksOf(code);
    if (chunks.some((chunk) => chunk.length > LONGEST_CHUNK)) return;
    let left: Text | null = null;
    for (const chunk of chunks) {
      if (left !== null) await pause();
      const html = htmlOfCode(chunk, language.toLowerCase());
      if (html === null || element.textContent !== code) return;
      const nodes = sanitised(html, 'code');
      if (nodes.textContent !== chunk) return;
      if (left === null) {
        left = document.createTextNode(code);
        element.replaceChildren(left);
      }
      left.deleteData(0, chunk.length);
      left.before(nodes);
    }
    if (left?.data === '') left.remove();
  } catch {
    // Plain code is code, too.
  }
}

/** Code in parts that can be coloured by themselves; all that has no gap is one. */
export function chunksOf(code: string): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (const { 0: gap, index } of code.matchAll(GAP)) {
    const end = index + gap.length;
    if (end - start < CHUNK_CHARS) continue;
    chunks.push(code.slice(start, end));
    start = end;
  }
  chunks.push(code.slice(start));
  return chunks;
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
