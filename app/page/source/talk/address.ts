/** What stands behind the `#` of the page's address. Pure. */

import type { Conversation, Turn } from '../types';

export type Place =
  | { kind: 'new' }
  | { kind: 'conversation'; id: string; turn: string | null; question: string | null }
  | { kind: 'ask'; question: string }
  | { kind: 'sources'; query: string; page: number }
  | { kind: 'source'; id: string };

/** Whatever the hash is: what is no place is `new`. */
export function placeOf(hash: string): Place {
  throw new Error(`not written yet ${hash}`);
}

/** With its `#`. */
export function hashOf(place: Place): string {
  throw new Error(`not written yet ${place}`);
}

/**
 * The link to one answer. Where the service keeps the conversation its owner finds it by the
 * session's id and the turn's number there, and so does this browser; a conversation that only
 * this browser has is asked again elsewhere (`q` in the link). `page`: its address without a hash.
 */
export function linkToAnswer(page: string, conversation: Conversation, turn: Turn): string {
  throw new Error(`not written yet ${page} ${conversation} ${turn}`);
}

/** The turn that a link names, by its id or by its number in the session. */
export function turnNamed(conversation: Conversation, name: string): Turn | null {
  throw new Error(`not written yet ${conversation} ${name}`);
}
