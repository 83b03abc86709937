/**
 * A text that is still growing, so that what is shown of it does not jump when the rest comes. Pure.
 *
 * What may become markup is held back while it says nothing yet; what is open is closed.
 */

/** Of a line that may become a list, a heading, a table, code, the underline of a heading. */
const ONLY_MARKS = /(?:^|\n)[ \t]*(?:[-+*_=#>`~|:]|\d{1,9}[.)]?)[-+*_=#>`~|: \t]*$/;
/** Lines of a table before the one that makes it one. */
const TABLE_HEAD = /(?:^|\n) {0,3}\|[^\n]*(?:\n {0,3}\|[^\n]*)*\n?$/;
const TABLE_RULE = /\n {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n/;
const FENCE = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)$/;
/** A block inside the block: what is open before it is not closed in it. */
const BEGINS = /\n(?=[ \t]*(?:\n|>|[-+*][ \t]|#{1,6}[ \t]|\d{1,9}[.)][ \t]))/g;
const LONGEST_LABEL = 300;
const LONGEST_ADDRESS = 2_000;
/** In which signs are no markup. */
const ADDRESS = /https?:\/\/[^\s<>)\]|]*/y;

/** The text to show of an open block. Never longer than it but for what is put at its end. */
export function closed(block: string): string {
  if (openFence(block) !== '') return block;
  const text = block.slice(0, shownLength(block));
  const at = lastBlock(text);
  return text.slice(0, at) + closedInline(text.slice(at));
}

/** How much of it can be shown: not what may become something else. */
function shownLength(block: string): number {
  if (!TABLE_RULE.test(block)) {
    const head = TABLE_HEAD.exec(block);
    if (head !== null) return head.index;
  }
  const marks = ONLY_MARKS.exec(block);
  return marks === null ? block.length : marks.index;
}

/** The fence of code that is open at the end of a text; empty: none is. */
export function openFence(block: string): string {
  let fence = '';
  for (const line of block.split('\n')) {
    const found = FENCE.exec(line);
    const [run = '', info = ''] = [found?.[1], found?.[2]];
    if (run === '') continue;
    if (fence === '') {
      if (run[0] === '~' || !info.includes('`')) fence = run;
    } else if (run.startsWith(fence) && info.trim() === '') fence = '';
  }
  return fence;
}

/** Where the last block in it begins, or the last cell of a table. */
function lastBlock(text: string): number {
  let at = 0;
  for (const found of text.matchAll(BEGINS)) at = found.index + 1;
  const line = text.lastIndexOf('\n') + 1;
  if (/^ {0,3}\|/.test(text.slice(line)) || TABLE_RULE.test(text)) {
    at = Math.max(at, line, text.lastIndexOf('|') + 1);
  }
  return at;
}

interface Opened {
  sign: string;
  length: number;
}

/** Emphasis, code and links closed, and marks at the end taken off that stand for nothing yet. */
function closedInline(text: string): string {
  const open: Opened[] = [];
  let end = text.length;
  let label = -1;
  let below = 0;
  let at = 0;
  while (at < end) {
    const sign = text[at] as string;
    if (sign === '\\') {
      if (at + 1 === end) end = at;
      at += 2;
    } else if (sign === '`') {
      const length = runLength(text, at);
      const close = closingRun(text, at + length, length);
      if (close >= 0) at = close + length;
      else {
        const code = text.slice(at + length).replace(/`+$/, '');
        if (code.trim() === '') end = at;
        else return ended(text.slice(0, at + length) + code, [...open, { sign, length }], label, below);
      }
    } else if (sign === '*' || sign === '_' || sign === '~') {
      const length = runLength(text, at);
      if (at + length === end && !isClosing(open, sign, text[at - 1])) end = at;
      else emphasis(open, sign, length, text[at - 1] ?? ' ', text[at + length] ?? ' ', at + length === end);
      at += length;
    } else if (sign === '[') {
      const close = text.indexOf(']', at);
      if (close < 0) {
        if (label < 0 && text.length - at <= LONGEST_LABEL) [label, below] = [at, open.length];
        at++;
      } else {
        const hasAddress = text[close + 1] === '(';
        if (hasAddress && addressEnd(text, close + 1) < 0) return ended(`${text.slice(0, close)}](#)`, open, -1, 0);
        at++;
      }
    } else if (sign === ']' && text[at + 1] === '(') {
      at = Math.max(at + 1, addressEnd(text, at + 1));
    } else {
      ADDRESS.lastIndex = at;
      at += (sign === 'h' && ADDRESS.exec(text)?.[0].length) || 1;
    }
  }
  return ended(text.slice(0, end), open, label, below);
}

function runLength(text: string, at: number): number {
  let end = at;
  while (text[end] === text[at]) end++;
  return end - at;
}

/** Behind the bracket that closes the one at `at`; -1 if none does. */
function addressEnd(text: string, at: number): number {
  let depth = 0;
  for (let n = at; n < text.length && n - at <= LONGEST_ADDRESS; n++) {
    if (text[n] === '(') depth++;
    else if (text[n] === ')' && --depth === 0) return n + 1;
  }
  return -1;
}

function closingRun(text: string, from: number, length: number): number {
  for (let at = text.indexOf('`', from); at >= 0; at = text.indexOf('`', at)) {
    const found = runLength(text, at);
    if (found === length) return at;
    at += found;
  }
  return -1;
}

function isClosing(open: Opened[], sign: string, before: string | undefined): boolean {
  return before !== undefined && !/\s/.test(before) && open.some((each) => each.sign === sign);
}

/** What a run of such signs opens or closes. */
function emphasis(
  open: Opened[],
  sign: string,
  length: number,
  before: string,
  after: string,
  isLast: boolean,
): void {
  if (sign === '~' && length !== 2 && !isLast) return;
  const isWithin = /[\p{L}\p{N}]/u;
  if (sign === '_' && isWithin.test(before) && isWithin.test(after)) return;
  let left = length;
  while (left > 0 && !/\s/.test(before)) {
    const at = open.findLastIndex((each) => each.sign === sign);
    const opened = open[at];
    if (opened === undefined) break;
    const used = Math.min(left, opened.length);
    open.splice(at + 1); // what it closes around is no emphasis
    opened.length -= used;
    left -= used;
    if (opened.length === 0) open.pop();
    else return;
  }
  if (left > 0 && !/\s/.test(after) && !isLast) open.push({ sign, length: left });
}

/** `label`: where the text of a link has begun, `below`: how much was open by then; -1: none has. */
function ended(text: string, open: Opened[], label: number, below: number): string {
  if (open.length === 0 && label < 0) return text;
  let closing = '';
  for (let n = open.length; n >= 0; n--) {
    // A link without an address is shown as its text.
    if (label >= 0 && n === below) closing += '](#)';
    const each = open[n - 1];
    if (each !== undefined) closing += each.sign.repeat(each.length);
  }
  const last = open.at(-1);
  const bare = last?.sign === '`' ? text : text.replace(/\s+$/, '');
  return bare + closing;
}
