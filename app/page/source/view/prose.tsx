/** The text of an answer, piece by piece; its chips; the statement that a chip stands for. */

import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { article, grouped, type Article, type Piece } from '../markdown/article';
import { highlightCode } from '../markdown/highlight';
import { patch } from '../markdown/patch';
import { partsIn, renderPiece, type Parts } from '../markdown/render';
import { markSegments, segmentsOf } from '../markdown/statements';
import { useWords } from '../strings';
import type { Answer } from '../types';
import { memo } from './memo';
import { isWeak, nameOf } from './passages';
import { useGrowing } from './use_growing';

interface Props {
  answer: Answer;
  ended: boolean;
  /** The citation that is looked at, if it is one of this answer. */
  active: number | null;
  /** The passages are beside it; else in a sheet. */
  beside: boolean;
  onLook: (citation: number, chip: HTMLElement) => void;
  onOpen: (citation: number, chip: HTMLElement) => void;
  onGoTo: (citation: number, chip: HTMLElement) => void;
}

/** What is on the page, by the keys of its pieces. */
interface Placed extends Parts {
  root: HTMLElement;
  piece: Piece;
}

/** The level of the heading above an answer. */
const HEADING_ABOVE = 3;

type Registry = Map<string, Placed>;

export function Prose({ answer, ended, active, beside, onLook, onOpen, onGoTo }: Props) {
  const words = useWords();
  const shown = useRef<Article | null>(null);
  const registry = useRef<Registry>(new Map());
  const { citations, passages } = answer;
  // One that has come within a frame is ended when it is first seen.
  const endedBefore = ended && Date.now() - answer.askedAt - (answer.totalMs ?? 0) > 1_000;
  const length = useGrowing(answer.text, endedBefore);
  const text = answer.text.slice(0, length);
  shown.current = article(shown.current, text, citations, ended && length === answer.text.length);

  const dress = useCallback(
    (rendered: Parts) => {
      for (const [n, chip] of rendered.chips) {
        const citation = citations[n];
        const passage = citation && passages[citation.document];
        if (!citation || !passage) continue;
        const weak = isWeak(citation);
        const named = weak ? words.citation.weakChip : words.citation.chip;
        chip.classList.toggle('weak', weak);
        chip.setAttribute('aria-label', named(citation.marker, nameOf(passage)));
        chip.setAttribute('aria-keyshortcuts', 'ArrowDown');
        chip.title = beside ? words.citation.keys : words.citation.keysSheet;
      }
    },
    [citations, passages, words, beside],
  );

  const dressing = useRef(dress);
  dressing.current = dress;
  // Chips are dressed as their piece is placed; again only where there are other words for them.
  const dressed = useRef({ words, passages, beside });
  useLayoutEffect(() => {
    const { current } = dressed;
    if (current.words === words && current.passages === passages && current.beside === beside) return;
    dressed.current = { words, passages, beside };
    for (const rendered of registry.current.values()) dress(rendered);
  }, [dress]);

  useLayoutEffect(() => {
    if (active === null) return;
    const all = [...registry.current.values()];
    const segments = all.flatMap(({ root, piece }) => segmentsOf(root, piece, active));
    const chips = all.flatMap((rendered) => rendered.chips.get(active) ?? []);
    const unmark = markSegments(segments, 'statement');
    for (const chip of chips) chip.classList.add('active');
    return () => {
      unmark();
      for (const chip of chips) chip.classList.remove('active');
    };
  }, [active, text, citations]);

  const { pieces } = shown.current;
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!place.current) return;
    levelHeadings(place.current);
    joinLists(place.current);
  }, [pieces]);

  const onChip = (run: (citation: number, chip: HTMLElement) => void) => (event: Event) => {
    const chip = event.target instanceof Element && event.target.closest<HTMLElement>('[data-citation]');
    if (chip) run(Number(chip.dataset.citation), chip);
    return Boolean(chip);
  };

  return (
    <div
      ref={place}
      class="prose"
      dir="auto"
      aria-busy={!ended}
      onMouseOver={onChip(onLook)}
      onFocusIn={onChip(onLook)}
      onClick={onChip(onOpen)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' && onChip(onGoTo)(event)) event.preventDefault();
      }}
    >
      {grouped(pieces).map((group) => (
        <div key={group[0]?.key} class="block" role={group.length > 1 ? 'list' : undefined}>
          {group.map((piece) => (
            <PieceView key={piece.key} piece={piece} registry={registry.current} dressing={dressing} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** Models begin with headings of any level; a reader that goes by headings must not miss any between. */
function levelHeadings(prose: HTMLElement): void {
  let last = HEADING_ABOVE;
  for (const heading of prose.querySelectorAll('h3, h4, h5, h6')) {
    const natural = Number(heading.tagName[1]) + 1;
    last = Math.max(HEADING_ABOVE + 1, Math.min(natural, last + 1));
    heading.setAttribute('aria-level', String(last));
  }
}

/** The parts of a list that is cut are told as the one list that is around them. */
function joinLists(prose: HTMLElement): void {
  for (const list of prose.querySelectorAll('[role="list"] > .part > :is(ul, ol)')) {
    list.setAttribute('role', 'none');
    for (const item of list.querySelectorAll(':scope > li:not([role])')) item.setAttribute('role', 'listitem');
  }
}

interface PieceProps {
  piece: Piece;
  registry: Registry;
  /** The same object; what is in it may be another. */
  dressing: { current: (rendered: Parts) => void };
}

/** Rendered anew only when the piece is another; what only says more about its chips is not one. */
const PieceView = memo(function PieceView({ piece, registry, dressing }: PieceProps) {
  const place = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    patch(element, renderPiece(piece));
    const rendered = partsIn(element);
    registry.set(piece.key, { ...rendered, root: element, piece });
    dressing.current(rendered);
    if (piece.open) return;
    for (const { element: code, language } of rendered.code) void highlightCode(code, language);
  }, [piece]);

  useEffect(
    () => () => {
      registry.delete(piece.key);
    },
    [piece.key, registry],
  );

  return <div class="part" ref={place} />;
});
