/**
 * A growing Markdown text as blocks: those that are finished and are never looked at again, and
 * the last one, which is open. Pure.
 */

import { blocksIn, labelOf, type Links } from './markdown';

export interface Block {
  start: number;
  end: number;
  text: string;
  open: boolean;
  /** The list of the block before goes on in it. */
  continues: boolean;
}

export interface Blocks {
  finished: Block[];
  /** The last one, where it is open. */
  last: Block | null;
  /** What the finished blocks define. */
  links: Links;
}

export const NO_BLOCKS: Blocks = { finished: [], last: null, links: {} };

/** The start of a block from which it is certain what it is, whatever comes. */
const CERTAIN_CHARS = 12;
/** An item that is within no other. */
const ITEM = /^(?:[-+*]|\d{1,9}[.)])[ \t]/gm;
const LONG_LIST_CHARS = 1_500;
const SAYS_NOTHING = ['space', 'def'];

/**
 * The blocks of `text`, `before` being those of what it was. `ended`: no more comes; all of it is
 * looked at once more, so that what is shown at last does not depend on how it came.
 */
export function blocksOf(before: Blocks, text: string, ended: boolean): Blocks {
  const holds = !ended && before.finished.every(({ start, end, text: old }) => isThere(text, start, end, old));
  const { finished, links } = holds ? before : NO_BLOCKS;
  const from = finished.at(-1)?.end ?? 0;
  const found = split(text, from, links);
  const first = found[0];
  // What is the same list as the one before it is not told by its text alone.
  if (holds && first && first.start === before.last?.start) first.continues = before.last.continues;
  const last = found.pop() ?? null;
  if (ended || last === null) {
    const all = last === null ? found : [...found, { ...last, open: false }];
    return { finished: [...finished, ...all], last: null, links: definedIn(text.slice(from), links) };
  }
  // A block is finished when it is certain that another one has begun.
  const held = isCertain(last.text) ? undefined : found.pop();
  const start = held?.start ?? last.start;
  const { continues } = held ?? last;
  const open = { start, end: text.length, text: text.slice(start), open: true, continues };
  if (found.length === 0) return { finished, last: open, links };
  const more = definedIn(text.slice(from, start), links);
  return { finished: [...finished, ...found], last: open, links: more };
}

/** Of these links those that a block refers to, or may. */
export function linksIn(block: string, links: Links): Links {
  if (!block.includes('[')) return {};
  const labels = labelOf(block);
  const used = Object.entries(links).filter(([label]) => labels.includes(`[${label}]`));
  return Object.fromEntries(used);
}

function isThere(text: string, start: number, end: number, old: string): boolean {
  return end <= text.length && text.slice(start, end) === old;
}

function isCertain(block: string): boolean {
  const begun = block.trimStart();
  return begun.includes('\n') || begun.length >= CERTAIN_CHARS;
}

/** What says nothing by itself goes with the block after it. */
function split(text: string, from: number, links: Links): Block[] {
  const blocks: Block[] = [];
  let start = from;
  let at = from;
  for (const { kind, raw } of blocksIn(text.slice(from), { ...links })) {
    at += raw.length;
    if (SAYS_NOTHING.includes(kind)) continue;
    const cuts = kind === 'list' ? cutsIn(raw).map((cut) => at - raw.length + cut) : [];
    [...cuts, at].forEach((end, n) => {
      blocks.push({ start, end, text: text.slice(start, end), open: false, continues: n > 0 });
      start = end;
    });
  }
  const whole = blocks.map((block) => block.text).join('');
  // Blocks that are not the text to the letter would put marks in wrong places: then it is one.
  if (!text.startsWith(whole, from) || at > text.length) {
    return [{ start: from, end: text.length, text: text.slice(from), open: false, continues: false }];
  }
  return blocks;
}

/**
 * Where a long list is cut into several, so that not all of it is rendered for each word of it:
 * before items, of numbered lists only where the number goes on. The text alone tells where.
 */
function cutsIn(list: string): number[] {
  const cuts: number[] = [];
  let [start, first] = [0, numberAt(list)];
  for (const found of list.matchAll(ITEM)) {
    if (found.index - start < LONG_LIST_CHARS) continue;
    const number = numberAt(found[0]);
    if (number !== null && (first === null || number <= first)) continue;
    [start, first] = [found.index, number];
    cuts.push(start);
  }
  return cuts;
}

function numberAt(item: string): number | null {
  const number = /^\d{1,9}/.exec(item)?.[0];
  return number === undefined ? null : Number(number);
}

function definedIn(text: string, links: Links): Links {
  if (!text.includes(']:')) return links;
  const all = { ...links };
  blocksIn(text, all);
  return all;
}
