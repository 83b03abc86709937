/** Conversations that the service keeps: docs/sessions.md. */

import { isObject, numberIn, stringIn } from './wire';
import { call, unexpected } from './call';
import { ServiceError } from './failure';

export interface SessionHead {
  sessionId: string;
  title: string;
  /** ISO 8601. */
  created: string;
  used: string;
  lastTurn: number;
}

export interface KeptSource {
  number: number;
  source: string;
  title: string;
  section: string | null;
  page: number | string | null;
  chunkId: string | null;
  quotes: string[];
}

export interface KeptTurn {
  turn: number;
  runId: string;
  state: 'running' | 'completed' | 'truncated' | 'abstained' | 'failed' | 'stopped';
  code: string | null;
  question: string;
  answer: string;
  sources: KeptSource[];
  asked: string;
  ended: string | null;
}

export interface Session extends SessionHead {
  turns: KeptTurn[];
}

const LIST = 'chat/sessions';
/** Turns that are asked for at a time; the service gives no more. */
const TURNS = 500;
const MOST_PAGES = 20;

/** `next`: the `before` of the next page. Rejects with ServiceError, as all of these. */
export async function listSessions(
  before?: string | null,
  signal?: AbortSignal,
): Promise<{ sessions: SessionHead[]; next: string | null }> {
  const query = before ? `?before=${encodeURIComponent(before)}` : '';
  const page = await call(`${LIST}${query}`, { signal: signal ?? null });
  return { sessions: listIn(page, 'sessions').map(headOf), next: stringIn(page, 'next') };
}

/** One of them with all its turns. */
export async function readSession(sessionId: string, signal?: AbortSignal): Promise<Session> {
  const turns: KeptTurn[] = [];
  let after = 0;
  for (let pages = 1; ; pages++) {
    const address = `${LIST}/${encodeURIComponent(sessionId)}?limit=${TURNS}&after=${after}`;
    const page = await call(address, { signal: signal ?? null });
    turns.push(...listIn(page, 'turns').map(turnOf));
    const next = numberIn(page, 'next');
    if (next === null || next <= after || pages === MOST_PAGES) return { ...headOf(page), turns };
    after = next;
  }
}

/** One that is not there, any more or at all, is as good as deleted. */
export async function deleteSession(sessionId: string): Promise<void> {
  try {
    await call(`${LIST}/${encodeURIComponent(sessionId)}`, { method: 'DELETE' });
  } catch (error) {
    if (!(error instanceof ServiceError) || error.failure.code !== 'session_not_found') throw error;
  }
}

function listIn(value: unknown, name: string): unknown[] {
  const list = isObject(value) ? value[name] : undefined;
  if (!Array.isArray(list)) throw unexpected();
  return list;
}

function headOf(value: unknown): SessionHead {
  return {
    sessionId: stringIn(value, 'session_id') ?? '',
    title: stringIn(value, 'title') ?? '',
    created: stringIn(value, 'created') ?? '',
    used: stringIn(value, 'used') ?? '',
    lastTurn: numberIn(value, 'last_turn') ?? 0,
  };
}

const STATES: readonly string[] = ['running', 'completed', 'truncated', 'abstained', 'failed', 'stopped'];

function turnOf(value: unknown): KeptTurn {
  const state = stringIn(value, 'state') ?? '';
  const sources = isObject(value) && Array.isArray(value['sources']) ? value['sources'] : [];
  return {
    turn: numberIn(value, 'turn') ?? 0,
    runId: stringIn(value, 'run_id') ?? '',
    state: STATES.includes(state) ? (state as KeptTurn['state']) : 'failed',
    code: stringIn(value, 'code'),
    question: stringIn(value, 'question') ?? '',
    answer: stringIn(value, 'answer') ?? '',
    sources: sources.map(sourceOf),
    asked: stringIn(value, 'asked') ?? '',
    ended: stringIn(value, 'ended'),
  };
}

function sourceOf(value: unknown): KeptSource {
  const quotes = isObject(value) && Array.isArray(value['quotes']) ? value['quotes'] : [];
  const source = stringIn(value, 'source') ?? '';
  return {
    number: numberIn(value, 'number') ?? 0,
    source,
    title: stringIn(value, 'title') || source,
    section: stringIn(value, 'section'),
    page: numberIn(value, 'page') ?? stringIn(value, 'page'),
    chunkId: stringIn(value, 'chunk_id'),
    quotes: quotes.filter((each): each is string => typeof each === 'string'),
  };
}
