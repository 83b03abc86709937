import assert from 'node:assert/strict';
import test from 'node:test';

import { marksOf, statementsOf } from '../markdown/places';
import { withSentinels } from '../markdown/sentinels';
import type { Citation } from '../types';
import { citing } from './answers';

/** Where the marks are, and what their citations stand for. */
function placed(text: string, citations: Citation[]) {
  const statements = statementsOf(text, citations);
  return marksOf(text, citations, statements).map(({ citation, start, end }) => {
    const span = statements[citation];
    return [start, text.slice(start, end), text.slice(span?.start, span?.end)];
  });
}

test('a marker ends its statement, with blanks, brackets and other markers between', () => {
  const text = 'It is so. Heat is work [1], and (see [2]) work is heat [3][1].';
  const citations = [
    citing(text, 1, 'Heat is work'), citing(text, 2, 'Heat is work'),
    citing(text, 3, 'work is heat', 30), citing(text, 1, 'work is heat', 30),
  ];
  assert.deepEqual(placed(text, citations).map(([, marker]) => marker), ['[1]', '[2]', '[3]', '[1]']);
});

test('a marker begins its statement', () => {
  const text = '- [1] Heat is work.\n- [2] Work is heat.';
  assert.deepEqual(placed(text, [citing(text, 1, 'Heat is work.'), citing(text, 2, 'Work is heat.')]), [
    [2, '[1]', 'Heat is work.'],
    [22, '[2]', 'Work is heat.'],
  ]);
});

test('numbers in brackets that no citation vouches for are no markers', () => {
  const text = 'Take `row[1]` for it [1] in [1] of [2].';
  assert.deepEqual(placed(text, [citing(text, 1, 'Take `row[1]` for it')]), [[21, '[1]', 'Take `row[1]` for it']]);
  assert.deepEqual(placed(text, []), []);
});

test('a number in code before a statement is not taken for its marker', () => {
  const text = 'Use `row[1]` where the table is. Heat is work [1].';
  assert.deepEqual(placed(text, [citing(text, 1, 'Heat is work')]), [[46, '[1]', 'Heat is work']]);
});

test('offsets count code points', () => {
  const text = '😀 Grüße 𝒳. Heat 😀 is work [1]. 😀 Ende [2].';
  assert.deepEqual(placed(text, [citing(text, 1, 'Heat 😀 is work'), citing(text, 2, '😀 Ende')]).map((each) => each[2]), [
    'Heat 😀 is work', '😀 Ende',
  ]);
});

test('citations that fit nowhere do no harm', () => {
  const text = 'Heat [1].';
  const odd = [
    { ...citing(text, 1, 'Heat'), answerStart: 50, answerEnd: 90 },
    { ...citing(text, 7, 'Heat') },
    { ...citing(text, 1, 'Heat'), answerStart: 0, answerEnd: 9 },
  ];
  assert.deepEqual(placed(text, odd).length, 0);
});

test('sentinels keep all lengths and leave none that came from outside', () => {
  const text = 'a\ue000[\ue001] \0 b [12].\r\nc\rd';
  const marks = [{ citation: 3, marker: 12, start: text.indexOf('[12]'), end: text.indexOf('[12]') + 4 }];
  const prepared = withSentinels(text, marks);
  assert.equal(prepared.length, text.length);
  assert.equal(prepared, 'a\ufffd[\ufffd] \ufffd b [\ue003\uf8ff]. \nc\nd');
});
