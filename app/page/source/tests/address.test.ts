import assert from 'node:assert/strict';
import test from 'node:test';

import { hashOf, linkToAnswer, placeOf, turnNamed, type Place } from '../talk/address';
import { asked, newConversation } from '../talk/conversation';
import { answerOf } from './answers';

test('every place has an address that leads to it', () => {
  const places: Place[] = [
    { kind: 'new' },
    { kind: 'conversation', id: 'a/b c?', turn: null, question: null },
    { kind: 'conversation', id: 'a', turn: '7', question: 'Why & how? #1 +' },
    { kind: 'ask', question: 'Was heißt „heat“?\nUnd 熱?' },
    { kind: 'sources', query: '', page: 1 },
    { kind: 'sources', query: 'a&b', page: 3 },
    { kind: 'source', id: 'c/1%' },
  ];
  for (const place of places) assert.deepEqual(placeOf(hashOf(place)), place, hashOf(place));
});

test('what is no place is a new conversation', () => {
  for (const hash of ['', '#', '#/', '#x', '#/c', '#/c/', '#/c/a/t', '#/c/a/x/1', '#/ask', '#/ask?q=', '#/ask?q=%20', '#/nowhere', '#/c/%E0%A4%A', '#//']) {
    assert.deepEqual(placeOf(hash), { kind: 'new' }, hash);
  }
  assert.deepEqual(placeOf('#/sources?page=-1'), { kind: 'sources', query: '', page: 1 });
});

test('a link leads to an answer by its session, or to the question', () => {
  const local = asked(newConversation(1, false), 'Why?', 1);
  const turn = local.turns[0];
  assert.ok(turn);
  assert.equal(linkToAnswer('http://x.example/#/old', local, turn), `http://x.example/#/c/${local.id}/t/${turn.id}?q=Why%3F`);
  const status = { state: 'completed' as const, finish_reason: null, run_id: 'r', model: 'm', session: { session_id: 's', turn: 3, stored: true } };
  const kept = { ...turn, answers: [{ ...answerOf('A'), status }] };
  const conversation = { ...local, sessionId: 's', turns: [kept] };
  assert.equal(linkToAnswer('http://x.example/', conversation, kept), 'http://x.example/#/c/s/t/3?q=Why%3F');
  assert.equal(turnNamed(conversation, '3'), kept);
  assert.equal(turnNamed(conversation, turn.id), kept);
  assert.equal(turnNamed(conversation, '4'), null);
  assert.ok(linkToAnswer('http://x.example/', local, { ...turn, question: 'x'.repeat(9_000) }).length < 200);
});
