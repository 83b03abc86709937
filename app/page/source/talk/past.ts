/** Past conversations, those of this browser and those that the service keeps, as one list. Pure. */

import type { Conversation } from '../types';

export interface Past {
  id: string;
  title: string;
  changedAt: number;
  /** Its session at the service, if there is one. */
  sessionId: string | null;
  /** Sessions that it was before its path became another one. */
  left?: string[];
  /** It is in this browser. */
  here: boolean;
}

/** All that the service may keep of a conversation. The first session of one has the id of it. */
export function sessionsOf({ id, sessionId, left = [] }: Past): string[] {
  return [...new Set([id, ...left, ...(sessionId === null ? [] : [sessionId])])];
}

/** Each of them once, the latest first. */
export function merged(here: Past[], kept: Past[]): Past[] {
  const known = new Set(here.flatMap(sessionsOf));
  const all = [...here, ...kept.filter(({ id }) => !known.has(id))];
  return all.sort((a, b) => b.changedAt - a.changedAt);
}

/** Whether this is the conversation. Two without a session are not the same for that. */
export function isOf(past: Past, { id, sessionId }: Conversation): boolean {
  return past.id === id || (sessionId !== null && sessionsOf(past).includes(sessionId));
}
