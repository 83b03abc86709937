import assert from 'node:assert/strict';
import test from 'node:test';

import { afterEvents, isEnded, newAnswer } from '../stream/events';
import type { ServerEvent } from '../stream/sse';

const NOW = 1_000;

function data(value: unknown, id = '5'): ServerEvent {
  return { id, event: 'data', data: JSON.stringify(value) };
}

const CITATION = {
  marker: 1, document: 0, answer_start: 0, answer_end: 4,
  quote: 'Q', quote_start: 2, quote_end: 3, support: 0.5, url: '/sources/c?quote=2,3',
};
const CONTEXT = [
  {
    page_content: 'aQ',
    metadata: {
      source: 'a.md', title: 'A', chunk_id: 'c', score: 0.25,
      found: { dense: { rank: null, score: 0.5 }, lexical: { rank: 2, score: 7 }, fused: { rank: 1, score: 0.25 } },
    },
  },
];
const STATUS = { state: 'completed', finish_reason: 'stop', run_id: 'r', model: 'm', timings_ms: { total: 3 } };

test('a stream as the service sends it becomes an answer', () => {
  const stages = [];
  let answer = newAnswer(NOW);
  stages.push(answer.stage);
  const events = [
    { id: '1', event: 'metadata', data: '{"run_id":"r"}' },
    data({ input: 'Why?' }, '2'),
    data({ question: { standalone: 'Why is it so?', by: 'model' } }, '3'),
    data({ context: CONTEXT }, '4'),
    data({ answer: 'Yes.' }, '5'),
    data({ answer: ' [1]' }, '6'),
    data({ citations: [CITATION] }, '7'),
    data({ suggestions: ['And then?'] }, '8'),
    data({ status: STATUS }, '9'),
    { id: '10', event: 'end', data: '' },
  ];
  for (const event of events) {
    answer = afterEvents(answer, [event], NOW + 10);
    if (stages.at(-1) !== answer.stage) stages.push(answer.stage);
  }
  assert.deepEqual(stages, ['searching', 'waiting', 'answering', 'completed']);
  assert.equal(answer.runId, 'r');
  assert.equal(answer.text, 'Yes. [1]');
  assert.deepEqual(answer.question, { standalone: 'Why is it so?', by: 'model' });
  assert.deepEqual(answer.passages[0]?.found.dense, { rank: null, score: 0.5 });
  assert.equal(answer.passages[0]?.chunkId, 'c');
  assert.equal(answer.citations[0]?.answerEnd, 4);
  assert.deepEqual(answer.suggestions, ['And then?']);
  assert.equal(answer.status?.timings_ms?.total, 3);
  assert.equal(answer.firstTokenMs, 10);
  assert.equal(answer.totalMs, 10);
  assert.deepEqual(afterEvents(newAnswer(NOW), events, NOW + 10), answer, 'at once or one by one');
});

test('every end that a status tells of is a stage', () => {
  for (const state of ['completed', 'truncated', 'abstained'] as const) {
    const answer = afterEvents(newAnswer(NOW), [data({ status: { ...STATUS, state } })], NOW);
    assert.equal(answer.stage, state);
    assert.ok(isEnded(answer));
  }
});

test('an error ends the answer and leaves what has come', () => {
  const problem = { status_code: 504, code: 'token_timeout', retryable: true, message: 'silent', run_id: 'r' };
  const events = [data({ answer: 'Half' }), { id: '5', event: 'error', data: JSON.stringify(problem) }];
  const answer = afterEvents(newAnswer(NOW), events, NOW);
  assert.equal(answer.stage, 'failed');
  assert.equal(answer.text, 'Half');
  assert.deepEqual(answer.failure, {
    code: 'token_timeout', message: 'silent', retryable: true, retryAfter: null, status: 504,
  });
});

test('an end without a status is no completed answer', () => {
  const answer = afterEvents(newAnswer(NOW), [data({ answer: 'x' }), { id: '6', event: 'end', data: '' }], NOW);
  assert.equal(answer.stage, 'failed');
  assert.equal(answer.failure?.code, 'broken_off');
});

test('after the end nothing is taken', () => {
  const ended = afterEvents(newAnswer(NOW), [data({ status: STATUS })], NOW);
  assert.equal(afterEvents(ended, [data({ answer: 'more' }, '99')], NOW).text, '');
  assert.equal(afterEvents(ended, [data({ answer: 'more' }, '99')], NOW).lastEvent, '5');
});

test('what is unknown or malformed is passed over', () => {
  const bad = [
    '', 'null', '7', '[]', '{"answer": 7}', '{"context": 7}', '{"citations": [null, 7, {"marker": "1"}]}',
    '{"citations": {}}', '{"suggestions": [1, "yes"]}', '{"status": 1}', '{"status": {"state": "odd"}}',
    '{"question": "what"}', '{"new_thing": {}}', '{"answer": "cut',
  ].map((text) => ({ id: '3', event: 'data', data: text }));
  bad.push({ id: '4', event: 'novel', data: '{"answer": "no"}' });
  const answer = afterEvents(newAnswer(NOW), bad, NOW);
  assert.deepEqual(answer, { ...newAnswer(NOW), suggestions: ['yes'], lastEvent: '4' });
  const error = afterEvents(answer, [{ id: null, event: 'error', data: 'oops' }], NOW);
  assert.equal(error.failure?.code, 'bad_response');
});

test('a malformed passage keeps its place, because citations count places', () => {
  const answer = afterEvents(newAnswer(NOW), [data({ context: [null, ...CONTEXT] })], NOW);
  assert.equal(answer.passages.length, 2);
  assert.equal(answer.passages[1]?.title, 'A');
});

test('links of citations lead into the web or to the service only', () => {
  const urls = ['javascript:alert(1)', 'data:text/html,x', '//evil.example', '/\\evil.example', '/sources/c', 'https://x.example/'];
  const citations = urls.map((url) => ({ ...CITATION, url }));
  const answer = afterEvents(newAnswer(NOW), [data({ citations })], NOW);
  assert.deepEqual(answer.citations.map(({ url }) => url), [null, null, null, null, '/sources/c', 'https://x.example/']);
});

test('only what has changed is a new object', () => {
  const before = afterEvents(newAnswer(NOW), [data({ context: CONTEXT }), data({ citations: [CITATION] })], NOW);
  const frozen = Object.freeze({ ...before, citations: Object.freeze(before.citations) as typeof before.citations });
  const after = afterEvents(frozen, [data({ answer: 'x' })], NOW);
  assert.notEqual(after, frozen);
  assert.equal(after.citations, frozen.citations);
  assert.equal(after.passages, frozen.passages);
  const cited = afterEvents(frozen, [data({ citations: [CITATION] })], NOW);
  assert.equal(cited.citations.length, 2);
  assert.equal(frozen.citations.length, 1);
  assert.equal(afterEvents(frozen, [], NOW), frozen);
});
