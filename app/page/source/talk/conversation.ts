/**
 * What can be done in a conversation. Pure: all give a new Conversation, or the same if nothing
 * changes.
 *
 * Other words for a question begin a fork: `turns` is the path that is shown, and the first turn of
 * a fork has the others, each with all that came of it, in `forks`.
 *
 * A session at the service knows only what was said in it, one after the other. Where the path
 * becomes another one, its history is sent with each question from then on, and it is no session.
 */

import { isEnded, newAnswer } from '../stream/events';
import type { Answer, Conversation, Turn } from '../types';
import { newId } from './id';

const MOST_TITLE_CHARS = 80;

/** A conversation without a word. `keptByService`: it is to be a session there (`Info.sessions`). */
export function newConversation(now: number, keptByService: boolean): Conversation {
  const id = newId();
  return { id, title: '', turns: [], createdAt: now, changedAt: now, sessionId: keptByService ? id : null };
}

/** With one more question at the end, whose answer has just been asked for. */
export function asked(conversation: Conversation, question: string, now: number): Conversation {
  return withTurns(conversation, [...conversation.turns, newTurn(question, now)], now);
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
  const at = placeOf(conversation, turnId);
  if (at < 0) return conversation;
  const all = forksAt(conversation.turns, at);
  const turn = { ...newTurn(question, now), forks: all, fork: all.length };
  const turns = [...conversation.turns.slice(0, at), turn];
  return withTurns(offItsSession(conversation, at === 0), turns, now);
}

/**
 * With one more answer to the same question, which is shown. Where something came after it, that
 * stays with the answer it came after: a fork.
 */
export function again(conversation: Conversation, turnId: string, now: number): Conversation {
  const at = placeOf(conversation, turnId);
  const turn = conversation.turns[at];
  if (turn === undefined) return conversation;
  if (at < conversation.turns.length - 1) return edited(conversation, turnId, turn.question, now);
  // A session has taken nothing as the answer of what failed or was stopped: it is just asked again.
  const { stage } = shownAnswer(turn);
  const goesOn = stage === 'failed' || stage === 'stopped';
  const base = goesOn ? conversation : offItsSession(conversation, at === 0);
  const answers = [...turn.answers, newAnswer(now)];
  return replaced(base, at, { ...turn, answers, shown: answers.length - 1 }, now);
}

/** Shows another answer of a turn. */
export function chooseAnswer(conversation: Conversation, turnId: string, n: number): Conversation {
  const at = placeOf(conversation, turnId);
  const turn = conversation.turns[at];
  if (turn === undefined || turn.answers[n] === undefined || turn.shown === n) return conversation;
  const { changedAt } = conversation;
  return replaced(offItsSession(conversation, false), at, { ...turn, shown: n }, changedAt);
}

/** How many wordings a question has had, and which is shown, from 0. */
export function forksOf(turn: Turn): { count: number; shown: number } {
  return { count: (turn.forks?.length ?? 0) + 1, shown: turn.fork ?? 0 };
}

/** Shows another wording of a question, with all that came of it. */
export function chooseFork(conversation: Conversation, turnId: string, n: number): Conversation {
  const at = placeOf(conversation, turnId);
  const turn = conversation.turns[at];
  if (turn === undefined || forksOf(turn).shown === n) return conversation;
  const all = forksAt(conversation.turns, at);
  const [first, ...rest] = all[n] ?? [];
  if (first === undefined) return conversation;
  const others = all.filter((_, each) => each !== n);
  const turns = [...conversation.turns.slice(0, at), { ...first, forks: others, fork: n }, ...rest];
  return withTurns(offItsSession(conversation, false), turns, conversation.changedAt);
}

/** With the n-th answer of a turn as it is now; a turn that is not shown any more is found, too. */
export function answered(
  conversation: Conversation,
  turnId: string,
  n: number,
  answer: Answer,
  now: number,
): Conversation {
  let base = conversation;
  if (base.sessionId !== null && isOutOfSession(answer)) {
    base = offItsSession(base, false);
    // With its history it can be asked all the same.
    if (answer.failure !== null) answer = { ...answer, failure: { ...answer.failure, retryable: true } };
  }
  const turns = changedTurns(base.turns, turnId, (turn) => ({
    ...turn,
    answers: turn.answers.map((old, each) => (each === n ? answer : old)),
  }));
  return turns === conversation.turns ? conversation : { ...base, turns, changedAt: now };
}

export function shownAnswer(turn: Turn): Answer {
  const answer = turn.answers[turn.shown] ?? turn.answers[0];
  if (answer === undefined) throw new Error(`turn ${turn.id}: expected an answer, got none`);
  return answer;
}

/** The answers that were not ended when this was put away: turn, and which of its answers. */
export function underWay(conversation: Conversation): { turnId: string; n: number; answer: Answer }[] {
  return conversation.turns.flatMap((turn) =>
    turn.answers.flatMap((answer, n) => (isEnded(answer) ? [] : [{ turnId: turn.id, n, answer }])),
  );
}

/** A question's first words, for lists. */
export function titleOf(question: string): string {
  const characters = Array.from(question.replace(/\s+/g, ' ').trim());
  if (characters.length <= MOST_TITLE_CHARS) return characters.join('');
  const cut = characters.slice(0, MOST_TITLE_CHARS - 1).join('');
  const atWord = cut.replace(/\s+\S*$/, '');
  return `${atWord.length > MOST_TITLE_CHARS / 2 ? atWord : cut}…`;
}

function newTurn(question: string, now: number): Turn {
  // The service refuses half of a surrogate pair.
  const words = question.trim().replace(/\p{Cs}/gu, '\uFFFD');
  return { id: newId(), question: words, answers: [newAnswer(now)], shown: 0 };
}

function placeOf(conversation: Conversation, turnId: string): number {
  return conversation.turns.findIndex(({ id }) => id === turnId);
}

/** All forks at a place of the path, the shown one where it stands among them. */
function forksAt(turns: Turn[], at: number): Turn[][] {
  const [first, ...rest] = turns.slice(at);
  if (first === undefined) return [];
  const { forks = [], fork = 0, ...bare } = first;
  return [...forks.slice(0, fork), [bare, ...rest], ...forks.slice(fork)];
}

/** `isAnew`: nothing is left that a session would have to know, so it can be another one. */
function offItsSession(conversation: Conversation, isAnew: boolean): Conversation {
  if (conversation.sessionId === null) return conversation;
  const left = [...(conversation.left ?? []), conversation.sessionId];
  return { ...conversation, sessionId: isAnew ? newId() : null, left };
}

/** Whether the service has not kept an answer as a turn of the session that it was asked in. */
function isOutOfSession({ stage, status, failure }: Answer): boolean {
  if (stage === 'failed') return ['sessions_off', 'session_not_found'].includes(failure?.code ?? '');
  return status !== null && status.session === undefined;
}

function withTurns(conversation: Conversation, turns: Turn[], now: number): Conversation {
  return { ...conversation, turns, title: titleOf(turns[0]?.question ?? ''), changedAt: now };
}

function replaced(conversation: Conversation, at: number, turn: Turn, now: number): Conversation {
  const turns = conversation.turns.map((old, each) => (each === at ? turn : old));
  return withTurns(conversation, turns, now);
}

/** The turns with one of them changed, wherever it is; the same if it is nowhere. */
function changedTurns(turns: Turn[], turnId: string, change: (turn: Turn) => Turn): Turn[] {
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at] as Turn;
    let next = turn;
    if (turn.id === turnId) next = change(turn);
    else {
      const forks = turn.forks?.map((fork) => changedTurns(fork, turnId, change));
      if (forks?.some((fork, each) => fork !== turn.forks?.[each])) next = { ...turn, forks };
    }
    if (next !== turn) return turns.with(at, next);
  }
  return turns;
}
