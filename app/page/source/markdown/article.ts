/**
 * The text of an answer and its citations as pieces to show. Pure. A piece stays the very same
 * object while nothing of it changes, so that what is finished is never rendered again.
 */

import type { Citation } from '../types';
import { blocksOf, linksIn, NO_BLOCKS, type Block, type Blocks } from './blocks';
import type { Links } from './markdown';
import { closed } from './open_end';
import { marksOf, statementsOf, type Mark, type Statement } from './places';
import { withSentinels } from './sentinels';

export interface Piece {
  /** For lists: the same while the text grows. */
  key: string;
  /** Markdown; markers stand in it as sentinels. */
  text: string;
  /** More of it may come: shown as if what is open were closed. */
  open: boolean;
  /** The list of the piece before goes on in it. */
  continues: boolean;
  /** Where the link references in it lead. */
  links: Links;
  /** The markers in it. Offsets count from the beginning of its text. */
  marks: Mark[];
  /** What citations stand for, as far as it is in this piece. */
  statements: Statement[];
}

export interface Article {
  pieces: Piece[];
  /** What the next one is made from. */
  blocks: Blocks;
}

/** `before`: what this gave last for the same answer, or null. `ended`: no more text comes. */
export function article(
  before: Article | null,
  text: string,
  citations: Citation[],
  ended: boolean,
): Article {
  const spans = statementsOf(text, citations);
  const marks = marksOf(text, citations, spans);
  const blocks = blocksOf(before?.blocks ?? NO_BLOCKS, withSentinels(text, marks), ended);
  const old = new Map(before?.pieces.map((piece) => [piece.key, piece]));
  const all = blocks.last === null ? blocks.finished : [...blocks.finished, blocks.last];
  // A reference may lead to what the last block defines.
  const pieces = all.map((block) => {
    const key = String(block.start);
    const piece = pieceOf(key, block, blocks.links, marks, spans);
    const was = old.get(key);
    return was !== undefined && isSame(was, piece) ? was : piece;
  });
  const isSameAll = pieces.length === before?.pieces.length && pieces.every((each, n) => each === before.pieces[n]);
  return { pieces: isSameAll ? before.pieces : pieces, blocks };
}

function pieceOf(key: string, block: Block, links: Links, marks: Mark[], spans: Statement[]): Piece {
  const { start, end, open, continues } = block;
  const text = open ? closed(block.text) : block.text;
  return {
    key,
    text,
    open,
    continues,
    links: linksIn(block.text, links),
    marks: marks
      .filter((mark) => mark.start >= start && mark.end <= end)
      .map((mark) => ({ ...mark, start: mark.start - start, end: mark.end - start })),
    statements: spans
      .filter((span) => span.start < end && span.end > start)
      .map((span) => ({
        ...span,
        start: Math.max(0, span.start - start),
        end: Math.min(block.text.length, span.end - start),
      })),
  };
}

function isSame(a: Piece, b: Piece): boolean {
  return (
    a.text === b.text &&
    a.open === b.open &&
    a.continues === b.continues &&
    JSON.stringify([a.links, a.marks, a.statements]) === JSON.stringify([b.links, b.marks, b.statements])
  );
}

/** Pieces with those that go on with them: a list that is cut is one all the same. */
export function grouped(pieces: Piece[]): Piece[][] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    if (piece.continues && last !== undefined) last.push(piece);
    else groups.push([piece]);
  }
  return groups;
}
