/** One document, or the part of it around a chunk, to read. */

import { useCallback, useEffect, useRef } from 'preact/hooks';

import { harmlessInPlace } from '../markdown/characters';
import { readSource, type Excerpt } from '../service/sources';
import { languageName, useWords } from '../strings';
import { hashOf } from '../talk/address';
import { safeAddress } from './addresses';
import { Glyph } from './glyph';
import { scrolling } from './hooks';
import { nameOf, shownName } from './passages';
import { useLoaded } from './use_loaded';

interface Props {
  id: string;
  onOnly: (source: string) => void;
}

export function ReaderView({ id, onOnly }: Props) {
  const words = useWords();
  const read = useCallback((signal: AbortSignal) => readSource(id, null, signal), [id]);
  const { value, failure, loading, again } = useLoaded(read);
  return (
    <div class="documents">
      <a class="quiet flush" href={hashOf({ kind: 'sources', query: '', page: 1 })}>
        <Glyph name="previous" />
        {words.reader.back}
      </a>
      {failure ? (
        <div class="notice warning" role="status">
          <p>
            <strong>{failure.code === 'source_not_found' ? words.reader.gone : words.reader.failed}</strong>
          </p>
          {failure.retryable ? (
            <button type="button" class="button" onClick={again}>
              {words.documents.retry}
            </button>
          ) : null}
        </div>
      ) : null}
      <p class="hint" role="status">
        {loading && !value ? words.reader.loading : ''}
      </p>
      {value && !failure ? <Read excerpt={value} onOnly={onOnly} /> : null}
    </div>
  );
}

function Read({ excerpt, onOnly }: { excerpt: Excerpt; onOnly: (source: string) => void }) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const original = safeAddress(excerpt.url);
  const facts = [
    excerpt.title ? shownName(excerpt.source) : null,
    words.reader.chunkOf(excerpt.chunk, excerpt.chunks),
    typeof excerpt.page === 'number' ? words.sources.page(excerpt.page) : null,
    excerpt.language && languageName(excerpt.language, words),
  ].filter(Boolean);

  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    const chunk = text.current?.querySelector('mark.chunk');
    if (excerpt.chunk > 1) chunk?.scrollIntoView({ block: 'center', behavior: scrolling() });
    else scrollTo({ top: 0 });
  }, [excerpt.id]);

  return (
    <>
      <h1 ref={heading} tabIndex={-1} dir="auto">
        {nameOf(excerpt)}
      </h1>
      <div class="document-facts">
        {facts.map((fact) => (
          <bdi key={fact}>{fact}</bdi>
        ))}
      </div>
      <div class="reader-bar">
        <button type="button" class="button" onClick={() => onOnly(excerpt.source)}>
          {words.reader.ask}
        </button>
        {original ? (
          <a class="button" href={original} target="_blank" rel="noopener noreferrer">
            {words.reader.original}
            <Glyph name="out" />
          </a>
        ) : null}
      </div>
      <Chunks excerpt={excerpt} />
      <div ref={text} class="document-text" dir="auto" lang={excerpt.language ?? undefined}>
        {chunksOf(excerpt).map(({ id, text: part, start }) =>
          id === null ? (
            part
          ) : id === excerpt.id ? (
            <mark key={start} class="chunk" aria-current="true">
              {part}
            </mark>
          ) : (
            <span key={start} class="chunk">
              {part}
            </span>
          ),
        )}
      </div>
      <Chunks excerpt={excerpt} />
      <p class="hint">{words.reader.marked}</p>
    </>
  );
}

/** The text in its chunks, and what is in none (id null). Where they overlap, the one that is read wins. */
export function chunksOf(excerpt: Excerpt): { id: string | null; text: string; start: number }[] {
  const points = [...harmlessInPlace(excerpt.text)];
  const own = { id: excerpt.id, start: excerpt.chunkStart, end: excerpt.chunkEnd };
  const others = excerpt.marks.filter(({ id }) => id !== excerpt.id);
  const parts: { id: string | null; text: string; start: number }[] = [];
  let at = 0;
  const add = (id: string | null, from: number, to: number) => {
    if (to > from) parts.push({ id, text: points.slice(from, to).join(''), start: from });
  };
  for (const { id, start, end } of [...others, own].sort((a, b) => a.start - b.start)) {
    const from = Math.max(at, start);
    const overlaps = id !== own.id && from < own.end && end > own.start;
    const to = overlaps && from < own.start ? own.start : overlaps ? from : end;
    if (to <= from) continue;
    add(null, at, from);
    add(id, from, to);
    at = to;
  }
  add(null, at, points.length);
  return parts;
}

/** To the chunk before and the one after. */
function Chunks({ excerpt }: { excerpt: Excerpt }) {
  const words = useWords();
  const { previous, next } = excerpt;
  if (!previous && !next) return null;
  return (
    <nav class="reader-bar" aria-label={words.reader.chunkOf(excerpt.chunk, excerpt.chunks)}>
      {previous ? (
        <a class="button" href={hashOf({ kind: 'source', id: previous })}>
          <Glyph name="previous" />
          {words.reader.before}
        </a>
      ) : null}
      {next ? (
        <a class="button" href={hashOf({ kind: 'source', id: next })}>
          {words.reader.after}
          <Glyph name="next" />
        </a>
      ) : null}
    </nav>
  );
}
