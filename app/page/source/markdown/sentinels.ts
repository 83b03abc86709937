/**
 * Characters that stand for markers while Markdown is made into HTML. Pure.
 *
 * They are of the private-use area, of which nothing is left in what comes from outside. The
 * brackets stay, because what stands beside `**` decides what it means; all lengths stay, so that
 * offsets do.
 */

import type { Mark } from './places';

const FIRST = 0xe000;
const FILLER = '\uf8ff';
/** More citations than this in one answer have no chips. */
const MOST = 0xf8ff - FIRST;

/** One of them in a text, with or without its brackets. */
export const SENTINEL = /\[?([\ue000-\uf8fe])\uf8ff*\]?/g;
/** The same at the beginning of a text, with its brackets. */
export const SENTINEL_FIRST = /^\[[\ue000-\uf8fe]\uf8ff*\]/;

/** The text with sentinels for these markers, and none but these; lines end with `\n`. */
export function withSentinels(text: string, marks: Mark[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { citation, start, end } of marks) {
    if (citation >= MOST) break;
    parts.push(cleaned(text.slice(at, start)), '[', sentinelOf(citation), FILLER.repeat(end - start - 3), ']');
    at = end;
  }
  parts.push(cleaned(text.slice(at)));
  return parts.join('');
}

export function sentinelOf(citation: number): string {
  return String.fromCharCode(FIRST + citation);
}

/** Which citation a sentinel stands for. */
export function citationAt(sentinel: string): number {
  return sentinel.charCodeAt(0) - FIRST;
}

function cleaned(text: string): string {
  return text.replace(/[\0\ue000-\uf8ff]/g, '\ufffd').replace(/\r\n?/g, (end) => ' \n'.slice(2 - end.length));
}
