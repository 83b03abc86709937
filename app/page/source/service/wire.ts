/** What comes over the wire, as the page's own types; null for what is none of them. Pure. */

import type { Answer, Citation, Found, Passage, Status } from '../types';

type Obj = Record<string, unknown>;

export function isObject(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one. */
export function objectIn(value: unknown): Obj {
  return isObject(value) ? value : {};
}

export function stringIn(value: unknown, name: string): string | null {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : null;
}

export function numberIn(value: unknown, name: string): number | null {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

function textIn(value: unknown, name: string): string {
  return stringIn(value, name) ?? '';
}

/** A passage, whatever it was: citations count on its place. */
export function passageOf(value: unknown): Passage {
  const metadata = objectIn(objectIn(value)['metadata']);
  const source = textIn(metadata, 'source');
  return {
    content: textIn(value, 'page_content'),
    chunkId: textIn(metadata, 'chunk_id'),
    source,
    title: textIn(metadata, 'title').trim() || source,
    score: numberIn(metadata, 'score'),
    found: foundIn(metadata['found']),
    metadata,
  };
}

function foundIn(value: unknown): Passage['found'] {
  const found: Passage['found'] = {};
  for (const by of ['dense', 'lexical', 'fused'] as const) {
    const each = objectIn(value)[by];
    const score = numberIn(each, 'score');
    if (score === null) continue;
    found[by] = { rank: numberIn(each, 'rank'), score } satisfies Found;
  }
  return found;
}

export function citationOf(value: unknown): Citation | null {
  const whole = (name: string): number => {
    const found = numberIn(value, name);
    return found !== null && Number.isInteger(found) && found >= 0 ? found : -1;
  };
  const citation: Citation = {
    marker: whole('marker'),
    answerStart: whole('answer_start'),
    answerEnd: whole('answer_end'),
    document: whole('document'),
    quote: textIn(value, 'quote'),
    quoteStart: Math.max(0, whole('quote_start')),
    quoteEnd: Math.max(0, whole('quote_end')),
    support: Math.min(1, Math.max(0, numberIn(value, 'support') ?? 0)),
    url: linkable(stringIn(value, 'url')),
  };
  const { marker, answerStart, answerEnd, document } = citation;
  const isWhole = marker >= 0 && document >= 0 && answerStart >= 0 && answerEnd >= answerStart;
  return isWhole ? citation : null;
}

/** An address that may be linked to: in the web, or on the service itself; null for any other. */
export function linkable(url: string | null): string | null {
  if (url === null) return null;
  return /^(?:https?:\/\/|\/(?![/\\]))/i.test(url) ? url : null;
}

/** An address as seen from the page: one on the service is below it, wherever a proxy has put both. */
export function fromPage(address: string): string {
  return address.startsWith('/') && !address.startsWith('//') ? `.${address}` : address;
}

export function questionOf(value: unknown): Answer['question'] {
  const standalone = stringIn(value, 'standalone');
  const by = stringIn(value, 'by');
  if (standalone === null || (by !== 'history' && by !== 'model' && by !== 'none')) return null;
  return { standalone, by };
}

/** A status as it came, its optional parts only where they are what they should be. */
export function statusOf(value: unknown): Status | null {
  const state = stringIn(value, 'state');
  if (state !== 'completed' && state !== 'truncated' && state !== 'abstained') return null;
  const { usage, timings_ms, relevance, nearest, history, session, ...rest } = objectIn(value);
  const status: Status = {
    ...rest,
    state,
    finish_reason: stringIn(value, 'finish_reason'),
    run_id: textIn(value, 'run_id'),
    model: textIn(value, 'model'),
  };
  if (isObject(usage)) status.usage = usage;
  if (isObject(timings_ms)) status.timings_ms = timings_ms;
  if (numberIn(relevance, 'score') !== null && numberIn(relevance, 'threshold') !== null) {
    status.relevance = relevance as NonNullable<Status['relevance']>;
  }
  if (Array.isArray(nearest)) {
    status.nearest = nearest.filter(isObject).map((each) => ({
      source: textIn(each, 'source'),
      title: textIn(each, 'title') || textIn(each, 'source'),
      score: numberIn(each, 'score') ?? 0,
    }));
  }
  if (numberIn(history, 'turns') !== null && numberIn(history, 'dropped') !== null) {
    status.history = history as NonNullable<Status['history']>;
  }
  if (stringIn(session, 'session_id') !== null && numberIn(session, 'turn') !== null) {
    status.session = session as NonNullable<Status['session']>;
  }
  return status;
}
