import assert from 'node:assert/strict';
import test from 'node:test';

import { failureOf } from '../service/failure';
import { again, answered, asked, chooseAnswer, chooseFork, edited, forksOf, newConversation, shownAnswer, titleOf, underWay } from '../talk/conversation';
import { questionFor } from '../talk/history';
import { newId } from '../talk/id';
import type { Answer, Conversation } from '../types';
import { answerOf } from './answers';

const OPTIONS = { k: null, searchType: null, filter: {} };

function idOf(conversation: Conversation, n: number): string {
  return conversation.turns[n]?.id ?? '';
}

/** With the shown answer of its last turn ended so. */
function ended(conversation: Conversation, answer: Answer): Conversation {
  const turn = conversation.turns.at(-1);
  if (turn === undefined) throw new Error('expected a turn');
  return answered(conversation, turn.id, turn.shown, answer, 9);
}

function inSession(answer: Answer, conversation: Conversation): Answer {
  const session = { session_id: conversation.sessionId ?? '', turn: 1, stored: true };
  return { ...answer, status: answer.status && { ...answer.status, session } };
}

/** Two questions with their answers. */
function talk(keptByService: boolean): Conversation {
  let conversation = newConversation(1, keptByService);
  for (const n of [1, 2]) {
    conversation = asked(conversation, `Q${n}`, n);
    conversation = ended(conversation, inSession(answerOf(`A${n}`), conversation));
  }
  return conversation;
}

function path(conversation: Conversation): string {
  return conversation.turns.map((turn) => `${turn.question}:${shownAnswer(turn).text || shownAnswer(turn).stage}`).join(' ');
}

function said(conversation: Conversation, n: number): string {
  return questionFor(conversation, idOf(conversation, n), OPTIONS, 300).messages.map(({ role, content }) => `${role[0]}:${content}`).join(' ');
}

test('questions are asked one after the other, with what was said before', () => {
  const conversation = talk(false);
  assert.equal(path(conversation), 'Q1:A1 Q2:A2');
  assert.equal(said(asked(conversation, 'Q3', 3), 2), 'u:Q1 a:A1 u:Q2 a:A2 u:Q3');
  assert.equal(said(conversation, 0), 'u:Q1');
  assert.equal(conversation.title, 'Q1');
  assert.equal(conversation.sessionId, null);
});

test('a session is told only what is new', () => {
  const conversation = asked(talk(true), 'Q3', 3);
  assert.equal(said(conversation, 2), 'u:Q3');
  assert.equal(questionFor(conversation, idOf(conversation, 2), OPTIONS, 300).sessionId, conversation.sessionId);
});

test('an edited question is a fork, and what came before it can be gone back to', () => {
  const first = talk(true);
  let fork = edited(first, idOf(first, 1), 'Q2b', 5);
  assert.equal(path(fork), 'Q1:A1 Q2b:searching');
  assert.equal(fork.sessionId, null);
  assert.equal(said(fork, 1), 'u:Q1 a:A1 u:Q2b');
  fork = asked(ended(fork, answerOf('A2b')), 'Q3b', 6);
  fork = edited(fork, idOf(fork, 1), 'Q2c', 7);
  const turn = fork.turns[1];
  assert.ok(turn);
  assert.deepEqual(forksOf(turn), { count: 3, shown: 2 });
  const back = chooseFork(fork, turn.id, 0);
  assert.equal(path(back), 'Q1:A1 Q2:A2');
  const middle = chooseFork(back, idOf(back, 1), 1);
  assert.equal(path(middle), 'Q1:A1 Q2b:A2b Q3b:searching');
  assert.deepEqual(middle.turns[1] && forksOf(middle.turns[1]), { count: 3, shown: 1 });
  assert.equal(path(chooseFork(middle, idOf(middle, 1), 2)), 'Q1:A1 Q2c:searching');
});

test('an edited first question begins another session and another title', () => {
  const first = talk(true);
  const fork = edited(first, idOf(first, 0), 'Quite another', 5);
  assert.ok(fork.sessionId);
  assert.notEqual(fork.sessionId, first.sessionId);
  assert.deepEqual(fork.left, [first.sessionId]);
  assert.equal(fork.id, first.id);
  assert.equal(fork.title, 'Quite another');
  assert.equal(chooseFork(fork, idOf(fork, 0), 0).sessionId, null);
});

test('a question asked anew has one more answer, which goes into the history', () => {
  let conversation = talk(true);
  conversation = again(conversation, idOf(conversation, 1), 5);
  assert.equal(conversation.sessionId, null);
  assert.equal(said(conversation, 1), 'u:Q1 a:A1 u:Q2');
  conversation = ended(conversation, answerOf('A2b'));
  assert.equal(said(asked(conversation, 'Q3', 6), 2), 'u:Q1 a:A1 u:Q2 a:A2b u:Q3');
  const first = chooseAnswer(conversation, idOf(conversation, 1), 0);
  assert.equal(said(asked(first, 'Q3', 6), 2), 'u:Q1 a:A1 u:Q2 a:A2 u:Q3');
  assert.equal(chooseAnswer(first, idOf(first, 1), 0), first);
  assert.equal(chooseAnswer(first, idOf(first, 1), 7), first);
});

test('asked anew in the middle, what came after stays with the old answer', () => {
  const first = talk(false);
  const anew = again(first, idOf(first, 0), 5);
  assert.equal(path(anew), 'Q1:searching');
  assert.equal(path(chooseFork(anew, idOf(anew, 0), 0)), 'Q1:A1 Q2:A2');
});

test('what failed or was stopped is told without an answer, and asked again in its session', () => {
  for (const stage of ['failed', 'stopped'] as const) {
    let conversation = asked(talk(true), 'Q3', 3);
    const { sessionId } = conversation;
    conversation = ended(conversation, { ...answerOf('half'), stage, status: null, failure: failureOf('broken_off', true) });
    assert.equal(again(conversation, idOf(conversation, 2), 4).sessionId, sessionId);
    assert.equal(said(asked({ ...conversation, sessionId: null }, 'Q4', 5), 3), 'u:Q1 a:A1 u:Q2 a:A2 u:Q3 u:Q4');
  }
});

test('where the service does not keep it, the conversation lives in the browser from then on', () => {
  const off = ended(asked(talk(true), 'Q3', 3), answerOf('A3'));
  assert.equal(off.sessionId, null);
  const failure = { code: 'session_not_found', message: '', retryable: false, retryAfter: null, status: 404 };
  const gone = ended(asked(talk(true), 'Q3', 3), { ...answerOf(''), stage: 'failed', status: null, failure });
  assert.equal(gone.sessionId, null);
  assert.equal(gone.turns[2]?.answers[0]?.failure?.retryable, true);
  assert.equal(said(gone, 2), 'u:Q1 a:A1 u:Q2 a:A2 u:Q3');
});

test('an answer finds its turn in a fork that is not shown any more', () => {
  const first = asked(talk(false), 'Q3', 3);
  const hidden = idOf(first, 2);
  const fork = edited(first, idOf(first, 1), 'Q2b', 5);
  const late = answered(fork, hidden, 0, answerOf('A3'), 6);
  assert.equal(path(late), 'Q1:A1 Q2b:searching');
  assert.equal(path(chooseFork(late, idOf(late, 1), 0)), 'Q1:A1 Q2:A2 Q3:A3');
  assert.equal(answered(fork, 'none', 0, answerOf('A3'), 6), fork);
});

test('what is under way is known after a reload', () => {
  const conversation = asked(talk(false), 'Q3', 3);
  assert.deepEqual(underWay(conversation).map(({ turnId, n }) => [turnId, n]), [[idOf(conversation, 2), 0]]);
  assert.deepEqual(underWay(talk(false)), []);
});

test('of a long history the latest is sent, within the bounds of the service', () => {
  let conversation = newConversation(1, false);
  for (let n = 0; n < 300; n++) conversation = ended(asked(conversation, `Q${n}`, n), answerOf('x'.repeat(2_000)));
  conversation = asked(conversation, 'last', 9);
  const { messages } = questionFor(conversation, idOf(conversation, 300), OPTIONS, 0);
  assert.ok(messages.length <= 500 && messages.length > 400);
  assert.equal(messages.at(-1)?.content, 'last');
  assert.equal(messages[0]?.role, 'user');
  let long = newConversation(1, false);
  for (let n = 0; n < 20; n++) long = ended(asked(long, `Q${n}`, n), answerOf('字'.repeat(120_000)));
  long = asked(long, 'last', 9);
  const body = JSON.stringify(questionFor(long, idOf(long, 20), OPTIONS, 0).messages);
  assert.ok(new TextEncoder().encode(body).length < 900_000);
});

test('titles are the first words of the first question', () => {
  assert.equal(titleOf('  Why \n is it? '), 'Why is it?');
  const long = titleOf('word '.repeat(40));
  assert.ok(long.endsWith('word…') && long.length <= 80, long);
  assert.equal(Array.from(titleOf('字'.repeat(200))).length, 80);
  assert.equal(titleOf('😀'.repeat(200)).includes('\ufffd'), false);
});

test('half of a surrogate pair in a question is replaced', () => {
  assert.equal(asked(newConversation(1, false), 'a\ud800b', 1).turns[0]?.question, 'a\ufffdb');
});

test('names are UUIDs and differ', () => {
  assert.match(newId(), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.notEqual(newId(), newId());
});
