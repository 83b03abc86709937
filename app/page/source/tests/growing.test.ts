import assert from 'node:assert/strict';
import test from 'node:test';

import { grownLength } from '../view/use_growing';

test('what comes slowly is shown at once, what comes fast in growing parts, and all of it', () => {
  assert.equal(grownLength(-1, 'a few words'), 0);
  assert.equal(grownLength(0, 'a few words'), 11);
  assert.equal(grownLength(11, 'a few words'), 11);
  const text = `a${'😀'.repeat(2_000)}`;
  const lengths: number[] = [];
  for (let shown = 0; shown < text.length; ) lengths.push((shown = grownLength(shown, text)));
  assert.deepEqual(lengths, [301, 903, 2_107, 3_607, 4_001]);
  for (const length of lengths) assert.doesNotMatch(text.slice(0, length), /[\ud800-\udbff]$/);
});
