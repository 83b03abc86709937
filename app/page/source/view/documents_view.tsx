/** Every document of the index. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { listSources, type Listed } from '../service/sources';
import { ago, languageName, useWords } from '../strings';
import { hashOf } from '../talk/address';
import type { Info } from '../types';
import { Glyph } from './glyph';
import { useNow, useSettled } from './hooks';
import { nameOf, shownName } from './passages';
import { useLoaded } from './use_loaded';

interface Props {
  info: Info | null;
  query: string;
  page: number;
  onGo: (query: string, page: number) => void;
}

export function DocumentsView({ info, query, page, onGo }: Props) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const [typed, setTyped] = useState(query);
  const settled = useSettled(typed, 250).trim();
  const read = useCallback((signal: AbortSignal) => listSources(query, page, signal), [query, page]);
  const { value: list, failure, loading, again } = useLoaded(read);

  useEffect(() => heading.current?.focus(), []);
  // What the field says goes into the address, and what comes from elsewhere into the field.
  const own = useRef(query);
  useEffect(() => {
    if (settled === own.current) return;
    own.current = settled;
    onGo(settled, 1);
  }, [settled]);
  useEffect(() => {
    if (query === own.current) return;
    own.current = query;
    setTyped(query);
  }, [query]);

  return (
    <div class="documents">
      <h1 ref={heading} tabIndex={-1}>
        {words.documents.heading}
      </h1>
      {info && info.documents !== null ? (
        <p class="lead">{words.documents.text(info.documents, info.chunks)}</p>
      ) : null}
      <input
        type="search"
        class="field"
        dir="auto"
        autoComplete="off"
        aria-label={words.documents.search}
        placeholder={words.documents.search}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {failure ? (
        <div class="notice warning" role="status">
          <p>
            <strong>{words.documents.failed}</strong>
          </p>
          <p dir="auto">{failure.message}</p>
          <button type="button" class="button" onClick={again}>
            {words.documents.retry}
          </button>
        </div>
      ) : null}
      <p class="hint" role="status">
        {loading && !list
          ? words.documents.loading
          : list && list.query
            ? words.documents.found(list.total, list.query)
            : list && !list.total
              ? words.documents.empty
              : ''}
      </p>
      {list ? (
        <>
          <ul class="document-list" role="list" aria-busy={loading}>
            {list.documents.map((document) => (
              <DocumentItem key={document.id} document={document} />
            ))}
          </ul>
          {list.pages > 1 ? <Pages page={list.page} pages={list.pages} onGo={(n) => onGo(query, n)} /> : null}
        </>
      ) : null}
    </div>
  );
}

function DocumentItem({ document }: { document: Listed }) {
  const words = useWords();
  const now = useNow(null);
  const { id, title, source, chunks, language, ingested } = document;
  const facts = [
    title && title !== source ? shownName(source) : null,
    words.documents.chunks(chunks),
    language && languageName(language, words),
    ingested && words.documents.ingested(ago(Date.parse(ingested), now, words)),
  ].filter(Boolean);
  return (
    <li>
      <a class="title" href={hashOf({ kind: 'source', id })} dir="auto">
        {nameOf({ title, source })}
      </a>
      <div class="facts">
        {facts.map((text) => (
          <bdi key={text}>{text}</bdi>
        ))}
      </div>
    </li>
  );
}

function Pages({ page, pages, onGo }: { page: number; pages: number; onGo: (page: number) => void }) {
  const words = useWords();
  const go = (n: number) => {
    onGo(n);
    scrollTo({ top: 0 });
  };
  return (
    <nav class="pages" aria-label={words.documents.page(page, pages)}>
      <button type="button" class="button" disabled={page <= 1} onClick={() => go(page - 1)}>
        <Glyph name="previous" />
        {words.documents.previous}
      </button>
      <span>{words.documents.page(page, pages)}</span>
      <button type="button" class="button" disabled={page >= pages} onClick={() => go(page + 1)}>
        {words.documents.next}
        <Glyph name="next" />
      </button>
    </nav>
  );
}
