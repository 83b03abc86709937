/** A piece of Markdown as nodes of the page, harmless whatever it holds. */

import type { Piece } from './article';
import { harmless } from './characters';
import { htmlOf } from './markdown';
import { sanitised } from './sanitised';
import { citationAt, SENTINEL } from './sentinels';

/** What the page has more to do with, of a piece that is shown. */
export interface Parts {
  /**
   * By the number of the citation: its chip, `<button type="button" class="chip"
   * data-citation="N">` with the marker's number in it. Labels are the page's to give.
   */
  chips: Map<number, HTMLButtonElement>;
  /** Blocks of code, for `highlight.ts` where the piece is not open. */
  code: { element: HTMLElement; language: string }[];
}

/** Use: `patch(element, renderPiece(piece))`, once for each new Piece. */
export function renderPiece(piece: Piece): DocumentFragment {
  const nodes = sanitised(htmlOf(piece.text, piece.links), 'answer');
  const numbers = new Map(piece.marks.map(({ citation, marker }) => [citation, marker]));
  for (const link of nodes.querySelectorAll('a')) makeSafe(link, numbers);
  for (const node of textsIn(nodes)) {
    if (node.parentElement?.closest('code')) node.data = harmless(withMarkers(node.data, numbers), true);
    else placeChips(node, numbers);
  }
  lay(nodes);
  return nodes;
}

export function partsIn(root: ParentNode): Parts {
  const parts: Parts = { chips: new Map(), code: [] };
  for (const chip of root.querySelectorAll<HTMLButtonElement>('.chip')) {
    parts.chips.set(Number(chip.dataset['citation']), chip);
  }
  for (const element of root.querySelectorAll<HTMLElement>('pre > code')) {
    parts.code.push({ element, language: element.dataset['language'] ?? '' });
  }
  return parts;
}

function textsIn(root: Node): Text[] {
  const found: Text[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

/** Opens outside, tells nobody from where; what leads elsewhere than it seems is no link. */
function makeSafe(link: HTMLAnchorElement, numbers: Map<number, number>): void {
  const href = withMarkers(link.getAttribute('href') ?? '', numbers);
  const url = URL.canParse(href) ? new URL(href) : null;
  const leadsOn = url !== null && ['http:', 'https:', 'mailto:'].includes(url.protocol);
  if (!leadsOn || url.username !== '' || url.password !== '') {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.href = url.href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

/** The text with its markers as they were written. */
function withMarkers(text: string, numbers: Map<number, number>): string {
  return text.replace(SENTINEL, (_, sentinel: string) => `[${numbers.get(citationAt(sentinel)) ?? '?'}]`);
}

/** Puts chips where the sentinels are. */
function placeChips(node: Text, numbers: Map<number, number>): void {
  const text = node.data;
  const parts: (Text | HTMLButtonElement)[] = [];
  let at = 0;
  for (const found of text.matchAll(SENTINEL)) {
    const citation = citationAt(found[1] ?? '');
    const marker = numbers.get(citation);
    if (marker === undefined) continue;
    if (found.index > at) parts.push(document.createTextNode(harmless(text.slice(at, found.index), false)));
    at = found.index + found[0].length;
    const chip = document.createElement('button');
    chip.type = 'button';
    chip.className = 'chip';
    chip.dataset['citation'] = String(citation);
    chip.textContent = String(marker);
    parts.push(chip);
  }
  if (parts.length === 0) {
    const shown = harmless(text, false);
    if (shown !== text) node.data = shown;
    return;
  }
  if (at < text.length) parts.push(document.createTextNode(harmless(text.slice(at), false)));
  // A button within a link is neither: it goes behind it.
  const link = node.parentElement?.closest('a') ?? null;
  if (link !== null) link.after(...parts.filter((part) => part instanceof HTMLButtonElement));
  node.replaceWith(...parts.filter((part) => link === null || !(part instanceof HTMLButtonElement)));
}

/** Directions of text, and what is wider than the page scrolls by itself, also by the keyboard. */
function lay(nodes: DocumentFragment): void {
  for (const block of nodes.children) block.setAttribute('dir', 'auto');
  for (const code of nodes.querySelectorAll<HTMLElement>('pre')) {
    code.dir = 'ltr';
    code.tabIndex = 0;
  }
  for (const table of nodes.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
}
