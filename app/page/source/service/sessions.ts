/** Conversations that the service keeps: docs/sessions.md. */

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

/** `next`: the `before` of the next page. */
export function listSessions(
  before?: string | null,
  signal?: AbortSignal,
): Promise<{ sessions: SessionHead[]; next: string | null }> {
  throw new Error(`not written yet ${before} ${signal}`);
}

/** One of them with all its turns. */
export function readSession(sessionId: string, signal?: AbortSignal): Promise<Session> {
  throw new Error(`not written yet ${sessionId} ${signal}`);
}

export function deleteSession(sessionId: string): Promise<void> {
  throw new Error(`not written yet ${sessionId}`);
}
