import assert from 'node:assert/strict';
import test from 'node:test';

import { failureOf } from '../service/failure';
import type { Info } from '../types';
import { isQuoted } from '../view/ending';
import { offeredOf } from '../view/filter_picker';
import { closedBy } from '../view/obstacle';
import { answerOf } from './answers';

test('a service on this machine is asked without a network, too', () => {
  const info = { ready: true } as Info;
  const closed = (away: boolean, online: boolean) =>
    closedBy({ info, trouble: away ? failureOf('unreachable', true) : null, online, ask: () => undefined });
  assert.equal(closed(false, false), null);
  assert.equal(closed(true, false), 'offline');
  assert.equal(closed(true, true), 'away');
});

test('that an answer is quoted is told by who has given it, not by who answers now', () => {
  const answer = answerOf('It is so.');
  const by = (model: string) => ({ ...answer, status: answer.status && { ...answer.status, model } });
  assert.equal(isQuoted(by('local:extractive'), false), true);
  assert.equal(isQuoted(by('openai:gpt-4o-mini'), true), false);
  assert.equal(isQuoted(by(''), true), true);
  assert.equal(isQuoted({ ...answer, status: null }, true), true);
});

test('a document stays where it is when it is chosen', () => {
  assert.deepEqual(offeredOf(['z'], ['a', 'b', 'c'], ['z', 'b']), ['z', 'a', 'b', 'c']);
  assert.deepEqual(offeredOf(['z'], ['a', 'b', 'c'], ['b']), ['z', 'a', 'b', 'c']);
  assert.deepEqual(offeredOf(['b'], ['a', 'b'], ['b']), ['a', 'b']);
});
