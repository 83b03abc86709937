/**
 * The statement that a citation stands for, found in the page and marked there without changing
 * its nodes.
 *
 * Where the words of Markdown come to stand is not told by what makes HTML of it. But what is shown
 * is what was written with marks left out, so both are read side by side; chips, which are in
 * both, bring them together again.
 */

import type { Piece } from './article';
import { sentinelOf } from './sentinels';

/** A part of a text node. */
export interface Segment {
  node: Text;
  start: number;
  end: number;
}

/** How far ahead of it so many characters are searched for in what was written. */
const LOOK_AHEAD = [
  { length: 4, within: 4_000 },
  { length: 3, within: 400 },
  { length: 2, within: 80 },
  { length: 1, within: 12 },
];

/**
 * The text under `root`, which shows the piece, that a citation's statement is; empty where it is
 * in other pieces. Good as long as the nodes are.
 */
export function segmentsOf(root: Node, piece: Piece, citation: number): Segment[] {
  const spans = piece.statements.filter((each) => each.citation === citation && each.start < each.end);
  if (spans.length === 0) return [];
  const segments: Segment[] = [];
  let written = 0;
  for (const node of shownIn(root)) {
    if (node instanceof HTMLElement) {
      const at = piece.text.indexOf(sentinelOf(Number(node.dataset['citation'])), written);
      if (at >= 0) written = at;
      continue;
    }
    const places = placesOf(node.data, piece.text, written);
    written = places.end;
    for (const span of spans) {
      const start = places.at.findIndex((place) => place >= span.start && place < span.end);
      const end = places.at.findLastIndex((place) => place >= span.start && place < span.end) + 1;
      const said = start < 0 ? '' : node.data.slice(start, end);
      const lead = said.length - said.trimStart().length;
      const tail = said.length - said.trimEnd().length;
      if (said.trim() !== '') segments.push({ node, start: start + lead, end: end - tail });
    }
  }
  return segments;
}

/** Texts and chips in their order. */
function shownIn(root: Node): (Text | HTMLElement)[] {
  const found: (Text | HTMLElement)[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) => {
    if (!(node instanceof HTMLElement)) return NodeFilter.FILTER_ACCEPT;
    if (node.tagName !== 'BUTTON') return NodeFilter.FILTER_SKIP;
    // What else the page has put there is none of the text.
    return 'citation' in node.dataset ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT;
  });
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node instanceof HTMLElement) found.push(node);
    else if (!node.parentElement?.closest('button')) found.push(node as Text);
  }
  return found;
}

/** For each character of a shown text its place in the written one, from `from` on. */
function placesOf(shown: string, written: string, from: number): { at: number[]; end: number } {
  const at: number[] = [];
  let place = from;
  for (let n = 0; n < shown.length; n++) {
    if (written[place] !== shown[n]) place = ahead(shown, n, written, place) ?? place - 1;
    at.push(place);
    place++;
  }
  return { at, end: place };
}

/** Where what is shown goes on in what was written; null where it is written in another way (`&amp;`). */
function ahead(shown: string, n: number, written: string, place: number): number | null {
  for (const { length, within } of LOOK_AHEAD) {
    const next = shown.slice(n, n + length);
    if (next.length < length) continue;
    const found = written.slice(place, place + within).indexOf(next);
    if (found >= 0) return place + found;
  }
  return null;
}

/**
 * Marks them as the highlight of this name (`::highlight(name)`); where the browser has none, by
 * `<mark class="name">` around them. Gives what takes the mark off.
 */
export function markSegments(segments: Segment[], name: string): () => void {
  const here = segments.filter(({ node, end }) => node.isConnected && end <= node.length);
  if (typeof Highlight !== 'undefined' && 'highlights' in CSS) {
    const highlight = new Highlight(...here.map(rangeOf));
    CSS.highlights.set(name, highlight);
    return () => {
      // Another one may have come in its place.
      if (CSS.highlights.get(name) === highlight) CSS.highlights.delete(name);
    };
  }
  const marks = here.map((segment) => {
    const mark = document.createElement('mark');
    mark.className = name;
    rangeOf(segment).surroundContents(mark);
    return mark;
  });
  return () => {
    for (const mark of marks) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent?.normalize();
    }
  };
}

function rangeOf({ node, start, end }: Segment): Range {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  return range;
}
