/** The documents of the index: docs/sources.md. */

import { isObject, linkable, numberIn, objectIn, stringIn } from './wire';
import { call, unexpected } from './call';

export interface Listed {
  /** Of its first chunk. */
  id: string;
  title: string;
  source: string;
  /** Its original in the web. */
  url: string | null;
  chunks: number;
  language: string | null;
  ingested: string | null;
}

export interface SourceList {
  documents: Listed[];
  query: string;
  page: number;
  pages: number;
  total: number;
}

/** A chunk of that id, and where it is in a text. */
export interface Mark {
  id: string;
  start: number;
  end: number;
}

/** A chunk in its document's text. Offsets count characters (code points) of `text`. */
export interface Excerpt {
  id: string;
  title: string;
  source: string;
  url: string | null;
  page: number | string | null;
  language: string | null;
  chunk: number;
  chunks: number;
  text: string;
  chunkStart: number;
  chunkEnd: number;
  quote: { start: number; end: number; text: string } | null;
  /** Every chunk that the text holds whole, in order; they may overlap. */
  marks: Mark[];
  /** Ids of the chunks to go on with. */
  previous: string | null;
  next: string | null;
  metadata: Record<string, unknown>;
}

const LIST = 'sources.json';

/** `query`: words of titles and addresses. `page` counts from 1. Rejects with ServiceError. */
export async function listSources(
  query: string,
  page: number,
  signal?: AbortSignal,
): Promise<SourceList> {
  const asked = new URLSearchParams({ q: query, page: String(page) });
  const list = await call(`${LIST}?${asked}`, { signal: signal ?? null });
  if (!isObject(list) || !Array.isArray(list['documents'])) throw unexpected();
  return {
    documents: list['documents'].map(listedOf),
    query: stringIn(list, 'query') ?? query,
    page: numberIn(list, 'page') ?? page,
    pages: numberIn(list, 'pages') ?? 1,
    total: numberIn(list, 'total') ?? list['documents'].length,
  };
}

/** `quote`: start and end in the chunk, as a citation has them. Rejects with ServiceError. */
export async function readSource(
  id: string,
  quote?: [number, number] | null,
  signal?: AbortSignal,
): Promise<Excerpt> {
  const asked = quote ? `?quote=${quote[0]},${quote[1]}` : '';
  const address = `sources/${encodeURIComponent(id)}.json${asked}`;
  const found = await call(address, { signal: signal ?? null });
  const text = stringIn(found, 'text');
  if (!isObject(found) || text === null) throw unexpected();
  const source = stringIn(found, 'source') ?? '';
  return {
    id: stringIn(found, 'id') ?? id,
    title: stringIn(found, 'title') || source,
    source,
    url: linkable(stringIn(found, 'url')),
    page: numberIn(found, 'page') ?? stringIn(found, 'page'),
    language: stringIn(found, 'language'),
    chunk: numberIn(found, 'chunk') ?? 1,
    chunks: numberIn(found, 'chunks') ?? 1,
    text,
    chunkStart: numberIn(found, 'chunk_start') ?? 0,
    chunkEnd: numberIn(found, 'chunk_end') ?? 0,
    quote: quoteOf(found['quote']),
    marks: marksOf(found['marks']),
    previous: idIn(stringIn(found, 'previous')),
    next: idIn(stringIn(found, 'next')),
    metadata: objectIn(found['metadata']),
  };
}

function listedOf(value: unknown): Listed {
  const source = stringIn(value, 'source') ?? '';
  return {
    id: stringIn(value, 'id') ?? '',
    title: stringIn(value, 'title') || source,
    source,
    url: linkable(stringIn(value, 'url')),
    chunks: numberIn(value, 'chunks') ?? 0,
    language: stringIn(value, 'language'),
    ingested: stringIn(value, 'ingested'),
  };
}

function quoteOf(value: unknown): Excerpt['quote'] {
  const [start, end] = [numberIn(value, 'start'), numberIn(value, 'end')];
  if (start === null || end === null || end <= start) return null;
  return { start, end, text: stringIn(value, 'text') ?? '' };
}

function marksOf(value: unknown): Mark[] {
  const marks = Array.isArray(value) ? value : [];
  return marks.flatMap((mark) => {
    const [id, start, end] = [stringIn(mark, 'id'), numberIn(mark, 'start'), numberIn(mark, 'end')];
    return id === null || start === null || end === null ? [] : [{ id, start, end }];
  });
}

/** The id at the end of `/sources/{id}`, below whatever address the service has. */
function idIn(address: string | null): string | null {
  const id = address === null ? null : /\/sources\/([^/?#]+)/.exec(address)?.[1];
  if (!id) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return null;
  }
}
