/** A piece of Markdown as nodes of the page, harmless whatever it holds. */

import type { Piece } from './article';

/** A part of a text node. */
export interface Segment {
  node: Text;
  start: number;
  end: number;
}

export interface Rendered {
  nodes: DocumentFragment;
  /** By the number of the citation: its chips (`<button type="button" class="chip" data-citation>`). */
  chips: Map<number, HTMLButtonElement[]>;
  /** By the number of the citation: the text that its statement is here. Good until the nodes change. */
  statements: Map<number, Segment[]>;
  /** Blocks of code to highlight (`highlight.ts`), where the piece is not open. */
  code: { element: HTMLElement; language: string; text: string }[];
}

/** Use: `element.replaceChildren(renderPiece(piece).nodes)`, once for each new Piece. */
export function renderPiece(piece: Piece): Rendered {
  throw new Error(`not written yet ${piece}`);
}
