/**
 * Where an answer's citations stand in its text. Pure.
 *
 * The service gives every marker as `[n]`, whatever form the model wrote, one citation for each
 * marker and in their order. The places of markers are not told, but of the statements they
 * stand for: a marker ends its statement, or it begins it.
 */

import type { Citation } from '../types';

/** Offsets in UTF-16 units, as JavaScript's strings have them. */
export interface Mark {
  /** Which of the answer's citations. */
  citation: number;
  /** The number shown. */
  marker: number;
  start: number;
  end: number;
}

/** What a citation's marker stands for. */
export interface Statement {
  citation: number;
  start: number;
  end: number;
}

const MARKER = /\[(\d{1,4})\]/g;
/** Between a marker and its statement: other markers, brackets, list marks, a word that joins; no more. */
const LONGEST_GAP = 24;
const WORD = /\p{L}{4}/u;

/** The statements of all citations; of those in the text. */
export function statementsOf(text: string, citations: Citation[]): Statement[] {
  const units = unitsAt(text, citations.flatMap(({ answerStart, answerEnd }) => [answerStart, answerEnd]));
  return citations.map(({ answerStart, answerEnd }, citation) => ({
    citation,
    start: units(answerStart),
    end: units(answerEnd),
  }));
}

/** The markers that citations vouch for. Any other `[n]`, as in code, is text. */
export function marksOf(text: string, citations: Citation[], statements: Statement[]): Mark[] {
  if (citations.length === 0) return [];
  const written = [...text.matchAll(MARKER)].map((found) => ({
    number: Number(found[1]),
    start: found.index,
    end: found.index + found[0].length,
  }));
  const marks: Mark[] = [];
  let from = 0;
  citations.forEach(({ marker }, citation) => {
    const span = statements[citation];
    if (span === undefined || span.start >= text.length) return;
    let found = -1;
    for (let at = from; at < written.length; at++) {
      const each = written[at];
      if (each === undefined || each.number !== marker) continue;
      const isBehind = each.start >= span.end;
      if (!isBehind && each.end > span.start) continue; // within the statement: it is a part of it
      const gap = isBehind ? text.slice(span.end, each.start) : text.slice(each.end, span.start);
      if (isNear(gap)) found = at;
      else if (found < 0 && isBehind) found = at;
      if (found === at || isBehind) break;
    }
    const each = written[found];
    if (each === undefined) return;
    marks.push({ citation, marker, start: each.start, end: each.end });
    from = found + 1;
  });
  return marks;
}

function isNear(gap: string): boolean {
  const between = gap.replace(MARKER, '');
  return between.length <= LONGEST_GAP && !WORD.test(between) && !between.includes('`');
}

/** What turns code points of a text, of which these are wanted, into UTF-16 units. */
export function unitsAt(text: string, wanted: number[]): (codePoints: number) => number {
  const bound = (offset: number): number => Math.min(Math.max(0, offset), text.length);
  if (!/[\ud800-\udbff]/.test(text)) return bound;
  const sorted = [...new Set(wanted)].sort((a, b) => a - b);
  const units = new Map<number, number>();
  let unit = 0;
  let points = 0;
  for (const offset of sorted) {
    for (; points < offset && unit < text.length; points++) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    }
    units.set(offset, unit);
  }
  return (offset) => units.get(offset) ?? bound(offset);
}
