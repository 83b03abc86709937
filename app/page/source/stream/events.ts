/**
 * What events make of an answer; docs/http.md has them. Pure: an Answer and its arrays are never
 * changed, only replaced. What came over the wire is believed field by field: what is malformed
 * is passed over, and so is what is unknown.
 */

import type { Answer, Failure, Stage, Status } from '../types';
import type { ServerEvent } from './sse';
import { citationOf, isObject, objectIn, passageOf, questionOf, statusOf, stringIn } from '../service/wire';

/** An answer that has just been asked for. `askedAt`: milliseconds since 1970. */
export function newAnswer(askedAt: number): Answer {
  return {
    runId: null,
    lastEvent: null,
    stage: 'searching',
    question: null,
    passages: [],
    text: '',
    citations: [],
    suggestions: [],
    status: null,
    failure: null,
    askedAt,
    firstTokenMs: null,
    totalMs: null,
    feedback: null,
  };
}

const ENDS: readonly Stage[] = ['completed', 'truncated', 'abstained', 'stopped', 'failed'];

/** Whether nothing comes any more. */
export function isEnded(answer: Answer): boolean {
  return ENDS.includes(answer.stage);
}

/** The stage of an answer that events go on to come for. */
export function stageUnderWay(answer: Answer): Stage {
  if (answer.text !== '') return 'answering';
  return answer.passages.length > 0 ? 'waiting' : 'searching';
}

/** The answer as it is left by a failure. */
export function failed(answer: Answer, failure: Failure, now: number): Answer {
  return { ...answer, stage: 'failed', failure, totalMs: now - answer.askedAt };
}

/** The answer as its reader has stopped it. */
export function stopped(answer: Answer, now: number): Answer {
  return { ...answer, stage: 'stopped', failure: null, totalMs: now - answer.askedAt };
}

/** The answer after these events, in their order. `now`: milliseconds since 1970. */
export function afterEvents(answer: Answer, events: ServerEvent[], now: number): Answer {
  if (events.length === 0) return answer;
  // One new object for all of them; an array is copied when something is added to it, once.
  const next = { ...answer };
  let citations: Answer['citations'] | null = null;
  for (const { id, event, data } of events) {
    if (isEnded(next)) break;
    if (id !== null) next.lastEvent = id;
    const value = event === 'end' ? null : parsed(data);
    if (event === 'metadata') next.runId = stringIn(value, 'run_id') ?? next.runId;
    else if (event === 'error') endInError(next, value, now);
    else if (event === 'end') endEarly(next, now);
    else if (event === 'data' && isObject(value)) {
      const more = value['citations'];
      if (Array.isArray(more)) {
        for (const each of more) {
          const citation = citationOf(each);
          if (citation === null) continue;
          citations ??= next.citations = [...next.citations];
          citations.push(citation);
        }
      }
      take(next, value, now);
    }
  }
  return next;
}

/** What a chunk of the stream says. */
function take(next: Answer, chunk: Record<string, unknown>, now: number): void {
  const { question, context, answer, suggestions, status } = chunk;
  if (question !== undefined) next.question = questionOf(question) ?? next.question;
  if (Array.isArray(context)) {
    // Each has its place, by which citations name it.
    next.passages = context.map(passageOf);
  }
  if (typeof answer === 'string' && answer !== '') {
    next.firstTokenMs ??= now - next.askedAt;
    next.text += answer;
  }
  if (Array.isArray(suggestions)) {
    next.suggestions = suggestions.filter((each): each is string => typeof each === 'string');
  }
  next.stage = stageUnderWay(next);
  const ended: Status | null = status === undefined ? null : statusOf(status);
  if (ended !== null) {
    next.status = ended;
    next.runId = ended.run_id || next.runId;
    next.stage = ended.state;
    next.totalMs = now - next.askedAt;
  }
}

function endInError(next: Answer, value: unknown, now: number): void {
  const problem = objectIn(value);
  const status = problem['status_code'];
  const after = problem['retry_after'];
  next.stage = 'failed';
  next.totalMs = now - next.askedAt;
  next.runId = stringIn(problem, 'run_id') ?? next.runId;
  next.failure = {
    code: stringIn(problem, 'code') ?? 'bad_response',
    message: stringIn(problem, 'message') ?? '',
    retryable: problem['retryable'] !== false,
    retryAfter: typeof after === 'number' ? after : null,
    status: typeof status === 'number' ? status : null,
  };
}

/** An `end` before any `status`: it cannot be told whether the answer is whole. */
function endEarly(next: Answer, now: number): void {
  next.stage = 'failed';
  next.totalMs = now - next.askedAt;
  next.failure = {
    code: 'broken_off',
    message: '',
    retryable: true,
    retryAfter: null,
    status: null,
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
