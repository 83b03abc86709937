import './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { warm } from '../markdown/warm';

test('it is made ready in several steps, each when there is time, and nothing is shown', () => {
  const waiting: (() => void)[] = [];
  const before = document.body.innerHTML;
  warm((run) => waiting.push(run));
  let steps = 0;
  for (let run = waiting.shift(); run; run = waiting.shift()) {
    assert.equal(waiting.length, 0);
    run();
    steps++;
  }
  assert.equal(steps, 4);
  assert.equal(document.body.innerHTML, before);
});
