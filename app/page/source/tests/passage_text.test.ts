import assert from 'node:assert/strict';
import test from 'node:test';

import { partsOf } from '../view/passage_text';

const shown = (content: string, spans: [number, number][] = []) =>
  partsOf(content, spans).map(({ kind, text, marked }) => `${kind}${marked ? '!' : ''}:${text}`);

test('wrapped lines are joined, lists and headings stand by themselves', () => {
  assert.deepEqual(shown('## Steps\n\nIt is\nlong.\n- one\n- two'), [
    'heading:Steps', 'break:', 'gap:', 'text:It is', 'text: ', 'text:long.', 'break:', 'text:- one', 'break:', 'text:- two',
  ]);
});

test('code keeps its lines, its fences are not shown', () => {
  assert.deepEqual(shown('```python\n# no heading\nx = 1\n```'), ['code:# no heading', 'break:', 'code:x = 1', 'break:']);
});

test('what would turn it around does not, and a quote stays where it is', () => {
  assert.deepEqual(shown('a\u202eb\u{e0041} quote', [[5, 10]]), ['text:a\u2060b\u2060 ', 'text!:quote']);
});

test('a quote is marked in code points, over lines too', () => {
  const content = '🙂 It is\nlong.';
  assert.deepEqual(shown(content, [[2, 12]]), ['text:🙂 ', 'text!:It is', 'text!: ', 'text!:long', 'text:.']);
});
