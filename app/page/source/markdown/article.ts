/**
 * The text of an answer and its citations as pieces to show. Pure. A piece stays the very same
 * object while nothing of it changes, so that what is finished is never rendered again.
 */

import type { Citation } from '../types';

/** Offsets in the piece's own text, in UTF-16 units, as JavaScript's strings have them. */
export interface Mark {
  /** Which of the answer's citations. */
  citation: number;
  /** The number shown. */
  marker: number;
  start: number;
  end: number;
}

/** A part of what a citation's statement says that is in this piece. */
export interface Statement {
  citation: number;
  start: number;
  end: number;
}

export interface Piece {
  /** For lists: the same while the text grows. */
  key: string;
  text: string;
  /** More of it may come: shown as if what is open were closed. */
  open: boolean;
  /** Where the link references in it lead. */
  links: Record<string, { href: string; title: string | undefined }>;
  marks: Mark[];
  statements: Statement[];
}

export interface Article {
  pieces: Piece[];
}

/** `before`: what this gave last for the same answer, or null. `ended`: no more text comes. */
export function article(
  before: Article | null,
  text: string,
  citations: Citation[],
  ended: boolean,
): Article {
  throw new Error(`not written yet ${before} ${text} ${citations} ${ended}`);
}
