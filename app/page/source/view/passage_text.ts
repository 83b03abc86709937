/**
 * A passage's text as it is read: lines that were only wrapped are joined, headings and code look
 * like what they are. The characters stay, so that offsets of quotes hold. Pure.
 */

import { harmlessInPlace } from '../markdown/characters';
import { cut } from './passages';

export type Kind = 'text' | 'heading' | 'code' | 'break' | 'gap';

/** A part that is shown in one way; the text of a break or a gap is not shown. */
export interface Part {
  kind: Kind;
  text: string;
  marked: boolean;
}

const FENCE = /^\s*(```|~~~)/;
const OWN_LINE = /^\s*(?:[-*+•]\s|\d+[.)]\s|\||>|#{1,6}\s|!!!|:::)/;

interface Line {
  kind: Kind;
  text: string;
  /** Characters at its beginning and end that are not shown: signs of a heading, a fence, the break. */
  before: number;
  after: number;
}

function linesOf(content: string): Line[] {
  const lines = content.split('\n');
  let fenced = false;
  return lines.map((raw, n) => {
    const text = n < lines.length - 1 ? `${raw}\n` : raw;
    const end = text.length - raw.length;
    if (FENCE.test(raw)) {
      fenced = !fenced;
      return { kind: 'break', text, before: text.length, after: 0 };
    }
    if (fenced) return { kind: 'code', text, before: 0, after: end };
    if (!raw.trim()) return { kind: 'gap', text, before: text.length, after: 0 };
    const sign = /^#{1,6}\s+/.exec(raw)?.[0].length ?? 0;
    return { kind: sign ? 'heading' : 'text', text, before: sign, after: end };
  });
}

/** Whether a line goes on in the next one. */
function goesOn(line: Line, next: Line | undefined): boolean {
  return line.kind === 'text' && next?.kind === 'text' && !OWN_LINE.test(next.text) && !/ {2}\n$/.test(line.text);
}

/** `spans`: offsets in code points, as citations have them. */
export function partsOf(content: string, spans: [number, number][]): Part[] {
  const parts: Part[] = [];
  const lines = linesOf(harmlessInPlace(content));
  let at = 0;
  lines.forEach((line, n) => {
    const length = [...line.text].length;
    const from = at + line.before;
    const to = at + length - line.after;
    if (to > from) {
      const shown = [...line.text].slice(line.before, length - line.after).join('');
      const within = spans.map(([start, end]): [number, number] => [
        Math.max(0, start - from),
        Math.min(to, end) - from,
      ]);
      for (const piece of cut(shown, within)) parts.push({ kind: line.kind, ...piece });
    }
    const next = lines[n + 1];
    if (line.kind === 'gap') parts.push({ kind: 'gap', text: '', marked: false });
    else if (goesOn(line, next)) parts.push({ kind: 'text', text: ' ', marked: inside(spans, at + length - 1) });
    else if (next && to > from) parts.push({ kind: 'break', text: '', marked: false });
    at += length;
  });
  return parts;
}

function inside(spans: [number, number][], at: number): boolean {
  return spans.some(([start, end]) => start <= at && at + 1 < end);
}

/** About how many lines it takes in the panel. */
export function isLong(content: string): boolean {
  const lines = content.split('\n').filter((line) => line.trim());
  return content.length > 300 || lines.length > 6;
}
