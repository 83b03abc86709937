/** What can be done in a conversation. Pure: all give a new Conversation, or the same if nothing changes. */

import type { Answer, Conversation, Options, Turn } from '../types';
import type { Question } from '../stream/request';

/** A conversation without a word. `keptByService`: it is to be a session there (`Info.sessions`). */
export function newConversation(now: number, keptByService: boolean): Conversation {
  throw new Error(`not written yet ${now} ${keptByService}`);
}

/** With one more question at the end, whose answer has just been asked for. */
export function asked(conversation: Conversation, question: string, now: number): Conversation {
  throw new Error(`not written yet ${conversation} ${question} ${now}`);
}

/**
 * With other words for a question, asked anew: a fork. What came of the old words stays, and
 * can be gone back to (`chooseFork`).
 */
export function edited(
  conversation: Conversation,
  turnId: string,
  question: string,
  now: number,
): Conversation {
  throw new Error(`not written yet ${conversation} ${turnId} ${question} ${now}`);
}

/** With one more answer to the same question, which is shown; what came after it is another fork. */
export function again(conversation: Conversation, turnId: string, now: number): Conversation {
  throw new Error(`not written yet ${conversation} ${turnId} ${now}`);
}

/** Shows another answer of a turn. */
export function chooseAnswer(conversation: Conversation, turnId: string, n: number): Conversation {
  throw new Error(`not written yet ${conversation} ${turnId} ${n}`);
}

/** How many wordings a question has had, and which is shown, from 0. */
export function forksOf(turn: Turn): { count: number; shown: number } {
  throw new Error(`not written yet ${turn}`);
}

/** Shows another wording of a question, with all that came of it. */
export function chooseFork(conversation: Conversation, turnId: string, n: number): Conversation {
  throw new Error(`not written yet ${conversation} ${turnId} ${n}`);
}

/** With the n-th answer of a turn as it is now; a turn that is not shown any more is found, too. */
export function answered(
  conversation: Conversation,
  turnId: string,
  n: number,
  answer: Answer,
  now: number,
): Conversation {
  throw new Error(`not written yet ${conversation} ${turnId} ${n} ${answer} ${now}`);
}

export function shownAnswer(turn: Turn): Answer {
  throw new Error(`not written yet ${turn}`);
}

/** The request for the shown answer of a turn. */
export function questionFor(
  conversation: Conversation,
  turnId: string,
  options: Options,
  resumeSeconds: number,
): Question {
  throw new Error(`not written yet ${conversation} ${turnId} ${options} ${resumeSeconds}`);
}

/** The answers that were not ended when this was put away: turn, and which of its answers. */
export function underWay(conversation: Conversation): { turnId: string; n: number; answer: Answer }[] {
  throw new Error(`not written yet ${conversation}`);
}
