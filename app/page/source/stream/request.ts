/**
 * Asking, and coming back to an answer: the edge to the network.
 *
 * A connection that breaks is come back to after the last event that came, as long as the service
 * keeps the answer. `navigator.onLine` is never asked whether to try, only whether a failure is
 * the network's: a service on this machine is reached without any network.
 */

import { failureIn, failureOf } from '../service/failure';
import type { Answer, Failure } from '../types';
import { afterEvents, failed, isEnded, newAnswer, stageUnderWay, stopped } from './events';
import { bodyOf, type Question } from './question';
import { sseDecoder, type ServerEvent } from './sse';
import { browser, type Surroundings } from './surroundings';

/** An answer on its way. */
export interface Running {
  /** What came stays, as `stopped`; the service is told to stop. */
  stop(): void;
  /** Nobody looks any more: nothing is told, the service goes on where it keeps answers. */
  leave(): void;
  /** The answer as it ended (or was left). Never rejects. */
  readonly done: Promise<Answer>;
}

const STREAM = 'chat/stream';
const RUNS = 'chat/runs/';
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The service sends a comment every 10 seconds: a connection that is silent for longer is dead. */
const SILENT_MS = 25_000;
/** Tells of the reader's place at the service, not of the answer, which goes on. */
const READER_CODES = ['run_store_unavailable', 'resume_unavailable'];

/** `onChange` is called at most once a frame, and at last with the answer as it ended. */
export function ask(
  question: Question,
  onChange: (answer: Answer) => void,
  around: Surroundings = browser,
): Running {
  const begin = (signal: AbortSignal): Promise<Response> =>
    around.fetch(STREAM, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...(question.resumeSeconds > 0 ? { 'x-on-disconnect': 'continue' } : {}),
      },
      body: JSON.stringify(bodyOf(question)),
      signal,
    });
  return run(newAnswer(around.now()), question.resumeSeconds, begin, onChange, around);
}

/** Goes on with an answer that is not ended, after a reload of the page. */
export function comeBack(
  answer: Answer,
  resumeSeconds: number,
  onChange: (answer: Answer) => void,
  around: Surroundings = browser,
): Running {
  return run(answer, resumeSeconds, null, onChange, around);
}

/** The pause before the n-th try, from 0: twice as long each time, and never the same for all. */
export function pauseMs(n: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** n) * (0.5 + random / 2);
}

function run(
  answer: Answer,
  resumeSeconds: number,
  begin: ((signal: AbortSignal) => Promise<Response>) | null,
  onChange: (answer: Answer) => void,
  around: Surroundings,
): Running {
  const leaving = new AbortController();
  let callOff: (() => void) | null = null;
  let tries = 0;
  let lostAt: number | null = null;

  function show(): void {
    callOff?.();
    callOff = null;
    onChange(answer);
  }

  function change(next: Answer): void {
    if (leaving.signal.aborted || next === answer) return;
    answer = next;
    if (isEnded(answer)) show();
    else callOff ??= around.nextFrame(show);
  }

  function fail(failure: Failure): void {
    change(failed(answer, failure, around.now()));
  }

  /** Until it is time for the next try, or the network is back; false if it is too late for one. */
  function pause(leastSeconds: number | null): Promise<boolean> {
    const now = around.now();
    lostAt ??= now;
    if (around.isOnline() && now - lostAt > resumeSeconds * 1000) return Promise.resolve(false);
    change({ ...answer, stage: 'offline' });
    return new Promise((resolve) => {
      const wake = (): void => {
        timer();
        online();
        leaving.signal.removeEventListener('abort', wake);
        resolve(true);
      };
      const milliseconds = pauseMs(tries++, around.random());
      const timer = around.after(Math.max(milliseconds, (leastSeconds ?? 0) * 1000), wake);
      const online = around.onOnline(wake);
      leaving.signal.addEventListener('abort', wake);
    });
  }

  /** Reads until the connection has ended; after an answer's end that is at once. */
  async function read(body: ReadableStream<Uint8Array>, connection: AbortController): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = sseDecoder();
    let watch: (() => void) | null = null;
    try {
      while (!leaving.signal.aborted) {
        watch = around.after(SILENT_MS, () => connection.abort());
        const { done, value } = await reader.read();
        watch();
        if (done) return;
        const found = events.feed(decoder.decode(value, { stream: true }));
        const lost = found.findIndex(tellsOfReader);
        change(afterEvents(answer, lost < 0 ? found : found.slice(0, lost), around.now()));
        if (lost >= 0) return;
        if (found.length === 0) continue;
        tries = 0;
        lostAt = null;
      }
    } finally {
      watch?.();
    }
  }

  /** One connection. Gives what is to be done next: nothing, or trying again after a pause. */
  async function connect(): Promise<'ended' | { pauseSeconds: number | null }> {
    const connection = new AbortController();
    const abort = (): void => connection.abort();
    leaving.signal.addEventListener('abort', abort);
    const isFirst = begin !== null && answer.runId === null;
    try {
      const address = `${RUNS}${encodeURIComponent(answer.runId ?? '')}/stream?after=${answer.lastEvent ?? 0}`;
      const headers = { accept: 'text/event-stream' };
      const response = await (isFirst
        ? begin(connection.signal)
        : around.fetch(address, { headers, signal: connection.signal }));
      if (leaving.signal.aborted) return 'ended';
      const failure = await failureOfStream(response, isFirst);
      if (failure !== null) {
        if (!isFirst && isWorthComingBack(failure)) return { pauseSeconds: failure.retryAfter };
        fail(failure);
        return 'ended';
      }
      change(answer.stage === 'offline' ? { ...answer, stage: stageUnderWay(answer) } : answer);
      if (response.body !== null) await read(response.body, connection);
    } catch {
      if (leaving.signal.aborted) return 'ended';
      if (isFirst && answer.runId === null && around.isOnline()) {
        fail(failureOf('unreachable', true));
        return 'ended';
      }
    } finally {
      leaving.signal.removeEventListener('abort', abort);
      connection.abort();
    }
    if (isEnded(answer) || leaving.signal.aborted) return 'ended';
    // Begun, but broken off before it was known which run it is, or where none are kept.
    const isGone = answer.runId === null ? around.isOnline() : resumeSeconds === 0;
    if (!isGone) return { pauseSeconds: null };
    fail(failureOf('broken_off', true));
    return 'ended';
  }

  async function follow(): Promise<Answer> {
    if (begin === null && answer.runId === null) fail(failureOf('broken_off', true));
    while (!isEnded(answer) && !leaving.signal.aborted) {
      const next = await connect();
      if (next === 'ended') break;
      if (!(await pause(next.pauseSeconds))) fail(failureOf('unreachable', true));
    }
    return answer;
  }

  change({ ...answer });
  return {
    stop() {
      if (isEnded(answer) || leaving.signal.aborted) return;
      const { runId } = answer;
      change(stopped(answer, around.now()));
      leaving.abort();
      if (runId === null) return;
      const stop = { method: 'DELETE', keepalive: true };
      // A run that is not reached ends by itself, and its reader has what came.
      around.fetch(`${RUNS}${encodeURIComponent(runId)}`, stop).catch(() => undefined);
    },
    leave() {
      callOff?.();
      callOff = null;
      leaving.abort();
    },
    done: follow(),
  };
}

function tellsOfReader({ event, data }: ServerEvent): boolean {
  return event === 'error' && READER_CODES.some((code) => data.includes(`"${code}"`));
}

/** Why a response is no stream; null if it is one. */
async function failureOfStream(response: Response, isFirst: boolean): Promise<Failure | null> {
  if (!response.ok) {
    const failure = await failureIn(response);
    // What is not kept any more can still be asked again.
    const isGone = !isFirst && [404, 410].includes(response.status);
    return isGone || failure.code === 'run_lost' ? { ...failure, retryable: true } : failure;
  }
  if (response.status === 204) return failureOf('broken_off', true);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  return isStream ? null : { ...failureOf('bad_response', false), status: response.status };
}

/** Whether a failure to come back may be gone by itself. */
function isWorthComingBack({ status, code }: Failure): boolean {
  return status !== null && (status === 429 || status >= 500) && code !== 'run_lost';
}
