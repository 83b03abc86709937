/** The documents of the index: docs/sources.md. */

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
  /** Ids of the chunks to go on with. */
  previous: string | null;
  next: string | null;
  metadata: Record<string, unknown>;
}

export function listSources(query: string, page: number, signal?: AbortSignal): Promise<SourceList> {
  throw new Error(`not written yet ${query} ${page} ${signal}`);
}

/** `quote`: start and end in the chunk, as a citation has them. */
export function readSource(
  id: string,
  quote?: [number, number] | null,
  signal?: AbortSignal,
): Promise<Excerpt> {
  throw new Error(`not written yet ${id} ${quote} ${signal}`);
}
