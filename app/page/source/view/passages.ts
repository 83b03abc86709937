/** What there is to say of an answer's passages. Pure. */

import { harmless } from '../markdown/characters';
import type { Citation, Passage } from '../types';

/** Below these a quote has only a part of what the statement says, or little of it. */
export const FULL_SUPPORT = 0.6;
export const SOME_SUPPORT = 0.35;

export function supportOf(citation: Citation): 'high' | 'middle' | 'low' | 'unknown' {
  if (citation.support === null) return 'unknown';
  if (citation.support >= FULL_SUPPORT) return 'high';
  return citation.support >= SOME_SUPPORT ? 'middle' : 'low';
}

export function isWeak(citation: Citation): boolean {
  return supportOf(citation) === 'low';
}

/** The documents of the passages, each by its first one. */
export function documentsOf(passages: Passage[]): { passage: Passage; n: number }[] {
  const seen = new Set<string>();
  return passages.flatMap((passage, n) => {
    if (seen.has(passage.source)) return [];
    seen.add(passage.source);
    return [{ passage, n }];
  });
}

export function nameOf({ title, source }: { title: string; source: string }): string {
  return shownName(title) || shownName(source);
}

/** A title or an address of a document as it is shown. What is sent back stays as it came. */
export function shownName(name: string): string {
  return harmless(name, false);
}

export type Cited = Map<number, Citation[]>;

/** The citations of each passage, by its place. Lists that say the same as those of `before` are those. */
export function citationsByPassage(citations: Citation[], before: Cited): Cited {
  const found: Cited = new Map();
  for (const citation of citations) {
    const all = found.get(citation.document);
    if (all) all.push(citation);
    else found.set(citation.document, [citation]);
  }
  for (const [n, all] of found) {
    const old = before.get(n);
    if (old?.length === all.length && old.every((each, at) => each === all[at])) found.set(n, old);
  }
  return found;
}

/** A text cut at offsets in code points: what is in none of the spans, and what is in one. */
export function cut(text: string, spans: [number, number][]): { text: string; marked: boolean }[] {
  const points = [...text];
  const parts: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(at, start);
    if (end <= from) continue;
    if (from > at) parts.push({ text: points.slice(at, from).join(''), marked: false });
    parts.push({ text: points.slice(from, end).join(''), marked: true });
    at = end;
  }
  if (at < points.length) parts.push({ text: points.slice(at).join(''), marked: false });
  return parts;
}

/** A field of the metadata, if it is a text with something in it. */
export function textField(passage: Passage, name: string): string | null {
  const value = passage.metadata[name];
  return typeof value === 'string' && value.trim() ? value : null;
}
