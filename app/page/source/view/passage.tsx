/** A passage: where it is from, its text with the quote marked, how it was found. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { useWords } from '../strings';
import type { Citation, Passage } from '../types';
import { addressOf } from './addresses';
import { HowFound } from './how_found';
import { memo } from './memo';
import { isLong, partsOf, type Part } from './passage_text';
import { nameOf, shownName, supportOf, textField } from './passages';
import { intoView } from './scroll';

interface Props {
  n: number;
  passage: Passage;
  /** The citations of this passage. */
  cited: Citation[];
  ended: boolean;
  /** The citation that is looked at, if it is of this passage. */
  citation: Citation | null;
  chosen: boolean;
  onBack: () => void;
  onOnly: (source: string) => void;
}

export const PassageView = memo(function PassageView(props: Props) {
  const { n, passage, cited, ended, citation, chosen, onBack, onOnly } = props;
  const words = useWords();
  const [whole, setWhole] = useState(false);
  const place = useRef<HTMLLIElement>(null);
  const active = chosen || citation !== null;
  const long = useMemo(() => isLong(passage.content), [passage.content]);
  const name = nameOf(passage);
  const address = addressOf(passage, citation);

  const parts = useMemo(() => {
    const marked = citation ? [citation] : cited;
    return partsOf(
      passage.content,
      marked.map((each) => [each.quoteStart, each.quoteEnd]),
    );
  }, [passage.content, citation, cited]);

  useEffect(() => {
    if (active && place.current) intoView(place.current, place.current.querySelector('mark.looked-at'));
  }, [active, citation]);

  return (
    <li
      ref={place}
      class={`passage${active ? ' active' : ''}${ended && !cited.length ? ' not-cited' : ''}`}
      data-passage={n}
      tabIndex={-1}
      aria-label={words.sources.passage(n + 1, !ended ? null : cited.length ? words.sources.cited : words.sources.notCited)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onBack();
      }}
    >
      <div class="passage-head">
        <span class="number" aria-hidden="true">
          {n + 1}
        </span>
        <h3 dir="auto">
          {address ? (
            <a href={address} target="_blank" rel="noopener noreferrer" title={words.sources.open}>
              {name}
            </a>
          ) : (
            name
          )}
        </h3>
      </div>
      <Where passage={passage} />
      <p class={long && !whole && !active ? 'text short' : 'text'} dir="auto">
        {parts.map((part, at) => (
          <PartView key={at} part={part} mark={citation ? 'looked-at' : 'cited'} />
        ))}
      </p>
      {citation ? <Verified citation={citation} /> : null}
      <div class="row">
        {long && !active ? (
          <button type="button" class="quiet" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? words.sources.less : words.sources.whole}
          </button>
        ) : null}
        {citation ? (
          <>
            {address ? (
              <a class="quiet" href={address} target="_blank" rel="noopener noreferrer">
                {words.sources.open}
              </a>
            ) : null}
            <button type="button" class="quiet" onClick={onBack}>
              {words.sources.back}
            </button>
          </>
        ) : null}
      </div>
      <HowFound passage={passage} onOnly={onOnly} />
    </li>
  );
});

function PartView({ part, mark }: { part: Part; mark: string }) {
  if (part.kind === 'gap') return <span class="gap" />;
  if (part.kind === 'break') return <br />;
  const text = part.marked ? <mark class={mark}>{part.text}</mark> : part.text;
  if (part.kind === 'code') return <code>{text}</code>;
  return part.kind === 'heading' ? <strong>{text}</strong> : <>{text}</>;
}

/** In which part of which document. */
function Where({ passage }: { passage: Passage }) {
  const words = useWords();
  const { page } = passage.metadata;
  const said = [
    passage.title && passage.source !== passage.title ? passage.source : null,
    textField(passage, 'section'),
    typeof page === 'number' ? words.sources.page(page) : null,
  ].filter((text) => text !== null);
  return said.length ? (
    <p class="where" dir="auto">
      {said.map((text, n) => (
        <bdi key={n}>
          {n ? ' · ' : ''}
          {shownName(text)}
        </bdi>
      ))}
    </p>
  ) : null;
}

/** How far the quote bears the statement out. */
function Verified({ citation }: { citation: Citation }) {
  const words = useWords();
  const support = supportOf(citation);
  const { unknown, high, middle, low } = words.citation.support;
  const share = citation.support ?? 0;
  const said = { unknown, high, middle: middle(share), low: low(share) }[support];
  return (
    <p class={support === 'low' ? 'verified weak' : 'verified'}>
      {words.citation.exact} <strong>{said}</strong>
    </p>
  );
}
