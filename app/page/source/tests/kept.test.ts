import assert from 'node:assert/strict';
import test from 'node:test';

import { article } from '../markdown/article';
import type { KeptTurn } from '../service/sessions';
import { underWay } from '../talk/conversation';
import { conversationOf } from '../talk/kept';

const TURN: KeptTurn = {
  turn: 4, runId: 'r', state: 'completed', code: null, question: 'Why?',
  answer: 'It is cold 😀. Heat is work [1][2]. See `a[1]`.\n- Work is heat [2].',
  sources: [
    { number: 1, source: 'a.md', title: 'A', section: 'S', page: null, chunkId: 'c1', quotes: ['Q1', 'Q2'] },
    { number: 2, source: 'b.md', title: 'B', section: null, page: 3, chunkId: null, quotes: [] },
  ],
  asked: '2026-01-01T00:00:00Z', ended: '2026-01-01T00:00:02Z',
};

function kept(...turns: KeptTurn[]) {
  return conversationOf({ sessionId: 's', title: 'Why?', created: '2026-01-01T00:00:00Z', used: 'odd', lastTurn: 4, turns });
}

test('a kept session is a conversation of it', () => {
  const { id, sessionId, turns, createdAt, changedAt, title } = kept(TURN);
  assert.deepEqual([id, sessionId, title, createdAt, changedAt], ['s', 's', 'Why?', Date.parse('2026-01-01T00:00:00Z'), 0]);
  const answer = turns[0]?.answers[0];
  assert.equal(turns[0]?.id, '4');
  assert.equal(answer?.stage, 'completed');
  assert.equal(answer?.totalMs, 2_000);
  assert.deepEqual(answer?.status?.session, { session_id: 's', turn: 4, stored: true });
  assert.deepEqual(answer?.passages[0]?.metadata, { source: 'a.md', title: 'A', section: 'S', chunk_id: 'c1' });
});

test('its markers are chips again, each with the sentence before it', () => {
  const answer = kept(TURN).turns[0]?.answers[0];
  assert.ok(answer);
  const points = Array.from(answer.text);
  const spans = answer.citations.map(({ marker, answerStart, answerEnd }) => [marker, points.slice(answerStart, answerEnd).join('')]);
  assert.deepEqual(spans.filter((_, n) => n !== 2), [[1, 'Heat is work'], [2, 'Heat is work'], [2, 'Work is heat']]);
  const marks = article(null, answer.text, answer.citations, true).pieces.flatMap((piece) => piece.marks);
  assert.deepEqual(marks.map(({ marker }) => marker), [1, 2, 1, 2]);
  assert.equal(answer.citations[0]?.url, '/sources/c1');
  assert.equal(answer.citations[1]?.url, null);
});

test('every state of a turn is a stage', () => {
  const failed = kept({ ...TURN, state: 'failed', code: 'token_timeout' }).turns[0]?.answers[0];
  assert.deepEqual([failed?.stage, failed?.failure?.code, failed?.failure?.retryable], ['failed', 'token_timeout', true]);
  assert.equal(kept({ ...TURN, state: 'stopped' }).turns[0]?.answers[0]?.stage, 'stopped');
  const running = kept({ ...TURN, state: 'running', ended: null });
  assert.deepEqual(underWay(running).map(({ answer }) => [answer.runId, answer.lastEvent, answer.text]), [['r', null, '']]);
});
