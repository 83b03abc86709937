/** A session of the service as a conversation of the page. Pure. */

import { newAnswer } from '../stream/events';
import type { KeptSource, KeptTurn, Session } from '../service/sessions';
import type { Answer, Citation, Conversation, Passage, Turn } from '../types';
import { titleOf } from './conversation';

const MARKER = /\[(\d{1,3})\]/g;
/** Where a statement may begin: after a sentence, a line, a marker. */
const BEGINS = /[.!?][^\S\n]+|[\u3002\uff01\uff1f]|\n\s*(?:[-*+>]\s+|\d+[.)]\s+|#+\s+)?|\]\s*/gu;

export function conversationOf(session: Session): Conversation {
  const turns = session.turns.map((turn) => turnOf(turn, session.sessionId));
  return {
    id: session.sessionId,
    title: titleOf(session.title || (turns[0]?.question ?? '')),
    turns,
    createdAt: timeOf(session.created),
    changedAt: timeOf(session.used),
    sessionId: session.sessionId,
  };
}

/** The turn's number in the session is its id, so that a link finds it in every browser. */
function turnOf(kept: KeptTurn, sessionId: string): Turn {
  return { id: String(kept.turn), question: kept.question, answers: [answerOf(kept, sessionId)], shown: 0 };
}

function answerOf(kept: KeptTurn, sessionId: string): Answer {
  const askedAt = timeOf(kept.asked);
  const answer: Answer = { ...newAnswer(askedAt), runId: kept.runId || null };
  // What goes on is come back to from its first event.
  if (kept.state === 'running') return answer;
  const whole: Answer = {
    ...answer,
    stage: kept.state,
    text: kept.answer,
    passages: kept.sources.map(passageOf),
    citations: citationsIn(kept),
    totalMs: kept.ended === null ? null : Math.max(0, timeOf(kept.ended) - askedAt),
  };
  if (kept.state === 'stopped') return whole;
  if (kept.state === 'failed') {
    const code = kept.code ?? 'internal';
    return { ...whole, failure: { code, message: '', retryable: true, retryAfter: null, status: null } };
  }
  const session = { session_id: sessionId, turn: kept.turn, stored: true };
  const status = { state: kept.state, finish_reason: null, run_id: kept.runId, model: '', session };
  return { ...whole, status };
}

/** Of a passage nothing is kept but what was quoted from it. */
function passageOf(kept: KeptSource): Passage {
  const { source, title, section, page, chunkId } = kept;
  const known = Object.entries({ source, title, section, page, chunk_id: chunkId });
  return {
    content: kept.quotes.join('\n\n'),
    chunkId: chunkId ?? '',
    source,
    title,
    score: null,
    found: {},
    metadata: Object.fromEntries(known.filter(([, value]) => value !== null)),
  };
}

/**
 * Which part of the answer a marker stands for is not kept either: it is taken to be what is before
 * it, back to the end of a sentence or line. How well a quote supports it is not known, and not
 * held against it.
 */
function citationsIn({ answer, sources }: KeptTurn): Citation[] {
  const citations: Citation[] = [];
  let before = 0;
  for (const found of answer.matchAll(MARKER)) {
    const document = sources.findIndex(({ number }) => number === Number(found[1]));
    const cited = sources[document];
    if (cited === undefined) continue;
    const since = answer.slice(before, found.index);
    before = found.index + found[0].length;
    const previous = citations.at(-1);
    const quote = cited.quotes[0] ?? '';
    const joins = /^[\s,;]*$/.test(since) && previous !== undefined;
    const end = found.index - (since.length - since.trimEnd().length);
    const start = end - statementIn(since.trimEnd()).length;
    citations.push({
      marker: cited.number,
      answerStart: joins ? previous.answerStart : charactersIn(answer, start),
      answerEnd: joins ? previous.answerEnd : charactersIn(answer, end),
      document,
      quote,
      quoteStart: 0,
      quoteEnd: charactersIn(quote, quote.length),
      support: null,
      url: cited.chunkId === null ? null : `/sources/${encodeURIComponent(cited.chunkId)}`,
    });
  }
  return citations;
}

function statementIn(text: string): string {
  let start = 0;
  for (const found of text.matchAll(BEGINS)) {
    const end = found.index + found[0].length;
    if (/[\p{L}\p{N}]/u.test(text.slice(end))) start = end;
  }
  return text.slice(start);
}

/** Code points before a place in a text, which counts UTF-16 units. */
function charactersIn(text: string, end: number): number {
  let count = 0;
  for (const _ of text.slice(0, end)) count++;
  return count;
}

function timeOf(iso: string): number {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? 0 : time;
}
