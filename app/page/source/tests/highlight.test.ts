import './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { chunksOf, highlightCode } from '../markdown/highlight';

function codeOf(text: string): HTMLElement {
  const element = document.createElement('code');
  element.textContent = text;
  return element;
}

test('code gets colours and keeps its text', async () => {
  for (const [language, code] of [['python', 'def f(a): return "<b>"\n'], ['html', '<script>alert("&amp;")</script>'], ['toml', 'a = 1'], ['sh', 'ls | wc'], ['C++', 'int a;'], ['tsx', 'let a = <b/>;']] as const) {
    const element = codeOf(code);
    await highlightCode(element, language);
    assert.equal(element.textContent, code, language);
    assert.ok(element.querySelector('span[class^="hljs-"]'), language);
    assert.equal(element.querySelectorAll(':not(span)').length, 0, language);
  }
});

test('what is in no language known stays as it is', async () => {
  for (const language of ['', 'klingon', '__proto__', 'constructor']) {
    const element = codeOf('<b>x</b>');
    await highlightCode(element, language);
    assert.equal(element.innerHTML, '&lt;b&gt;x&lt;/b&gt;');
  }
});

test('code that has changed meanwhile is left alone', async () => {
  const element = codeOf('let a = 1;');
  const coloured = highlightCode(element, 'js');
  element.textContent = 'other';
  await coloured;
  assert.equal(element.innerHTML, 'other');
});

test('long code is coloured in parts, between what begins at the margin', async () => {
  const part = (n: number) => `def f_${n}(a):\n${'    a += 1\n\n'.repeat(100)}    return "${n}"\n\n`;
  const code = Array.from({ length: 9 }, (_, n) => part(n)).join('');
  assert.deepEqual(chunksOf(code).map((chunk) => chunk.slice(0, 7)), ['def f_0', 'def f_3', 'def f_6']);
  assert.equal(chunksOf(code).join(''), code);
  const element = codeOf(code);
  await highlightCode(element, 'python');
  assert.equal(element.textContent, code);
  assert.equal(element.querySelectorAll('.hljs-keyword').length, 18);
});
