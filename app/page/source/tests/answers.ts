/** Answers and citations for tests. */
import { newAnswer } from '../stream/events';
import type { Answer, Citation, Passage } from '../types';

/** A citation whose statement is `said` in `text`, from the `from`-th of its code points on. */
export function citing(text: string, marker: number, said: string, from = 0): Citation {
  const points = Array.from(text);
  const wanted = Array.from(said);
  let start = from;
  while (start <= points.length && wanted.some((each, n) => points[start + n] !== each)) start++;
  return {
    marker, document: marker - 1, answerStart: start, answerEnd: start + wanted.length,
    quote: `Quote ${marker}`, quoteStart: 0, quoteEnd: 7, support: 1, url: `/sources/c${marker}?quote=0,7`,
  };
}

export function passage(n: number): Passage {
  return { content: `Quote ${n} and more.`, chunkId: `c${n}`, source: `${n}.md`, title: `Source ${n}`, score: 0.5, found: {}, metadata: {} };
}

export function answerOf(text: string, citations: Citation[] = []): Answer {
  const status = { state: 'completed' as const, finish_reason: 'stop', run_id: 'r', model: 'm' };
  return { ...newAnswer(1), stage: 'completed', runId: 'r', text, citations, passages: [1, 2, 3].map(passage), status };
}
