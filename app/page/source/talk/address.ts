/** What stands behind the `#` of the page's address. Pure. */

import type { Conversation, Turn } from '../types';
import { shownAnswer } from './conversation';

export type Place =
  | { kind: 'new' }
  /** `question`: to be proposed where neither this browser nor the service has the conversation. */
  | { kind: 'conversation'; id: string; turn: string | null; question: string | null }
  | { kind: 'ask'; question: string }
  | { kind: 'sources'; query: string; page: number }
  | { kind: 'source'; id: string };

/** Browsers and mail programs take longer addresses, but not all of them. */
const MOST_LINK_CHARS = 2_000;

/** Whatever the hash is: what is no place is `new`. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s, 2);
  const parts = path.split('/').slice(1).map(decoded);
  const given = new URLSearchParams(query);
  const [kind, id, t, turn] = parts;
  if (kind === 'c' && id && (parts.length === 2 || (parts.length === 4 && t === 't' && turn))) {
    return { kind: 'conversation', id, turn: turn ?? null, question: given.get('q')?.trim() || null };
  }
  if (kind === 'ask' && parts.length === 1) {
    const question = given.get('q')?.trim();
    return question ? { kind: 'ask', question } : { kind: 'new' };
  }
  if (kind === 'sources' && parts.length === 1) {
    const page = given.get('page') ?? '1';
    const number = /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1;
    return { kind: 'sources', query: given.get('q') ?? '', page: number };
  }
  if (kind === 'sources' && id && parts.length === 2) return { kind: 'source', id };
  return { kind: 'new' };
}

/** With its `#`. */
export function hashOf(place: Place): string {
  if (place.kind === 'new') return '#/';
  if (place.kind === 'ask') return `#/ask${queryOf({ q: place.question })}`;
  if (place.kind === 'source') return `#/sources/${encodeURIComponent(place.id)}`;
  if (place.kind === 'sources') {
    return `#/sources${queryOf({ q: place.query, page: place.page > 1 ? String(place.page) : '' })}`;
  }
  const turn = place.turn === null ? '' : `/t/${encodeURIComponent(place.turn)}`;
  return `#/c/${encodeURIComponent(place.id)}${turn}${queryOf({ q: place.question ?? '' })}`;
}

/**
 * The link to one answer. Where the service keeps the conversation its owner finds it by the
 * session's id and the turn's number there, and so does this browser; wherever it is not found the
 * question is there to be asked again. `page`: its address.
 */
export function linkToAnswer(page: string, conversation: Conversation, turn: Turn): string {
  const { id, sessionId } = conversation;
  const { session } = shownAnswer(turn).status ?? {};
  const isKept = sessionId !== null && session?.session_id === sessionId;
  const place = {
    kind: 'conversation' as const,
    id: isKept ? sessionId : id,
    turn: isKept ? String(session.turn) : turn.id,
  };
  const bare = page.replace(/#.*$/s, '');
  const link = bare + hashOf({ ...place, question: turn.question });
  return link.length <= MOST_LINK_CHARS ? link : bare + hashOf({ ...place, question: null });
}

/** The turn that a link names, by its id or by its number in the session. */
export function turnNamed(conversation: Conversation, name: string): Turn | null {
  const isNamed = (turn: Turn): boolean =>
    turn.answers.some(({ status }) => String(status?.session?.turn) === name);
  const { turns } = conversation;
  return turns.find(({ id }) => id === name) ?? turns.find(isNamed) ?? null;
}

function queryOf(values: Record<string, string>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
