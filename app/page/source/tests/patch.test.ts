import { htmlIn } from './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { patch } from '../markdown/patch';

function nodesOf(html: string): HTMLElement {
  const element = document.createElement('div');
  element.innerHTML = html;
  return element;
}

const STEPS = [
  '', '<p>One</p>', '<p>One <b>two</b></p>', '<p>One <b>two</b> three</p><ul><li>a</li></ul>',
  '<p>One <b>two</b></p><ol start="2"><li>a</li><li>b</li></ol>', '<p dir="auto"><a href="http://a.example">x</a></p>',
  '<p dir="auto"><a>x</a></p>', '<table><tbody><tr><td align="right">1</td><td>2</td></tr></tbody></table>',
  '<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>', 'text', '<p>other</p>',
];

test('whatever was there, it is what was wanted', () => {
  for (const before of STEPS) {
    for (const after of STEPS) {
      const shown = nodesOf(before);
      patch(shown, nodesOf(after));
      assert.equal(shown.innerHTML, after, before);
    }
  }
});

test('what is the same stays the same: a chip with its label and the focus, a text', () => {
  const shown = nodesOf('<p>One <button class="chip" data-citation="0">1</button> two</p>');
  document.body.append(shown);
  const [chip, text] = [shown.querySelector('button')!, shown.querySelector('p')!.lastChild];
  chip.setAttribute('aria-label', 'Source 1');
  chip.classList.add('active');
  chip.focus();
  patch(shown, nodesOf('<p>One <button class="chip" data-citation="0">1</button> two three <em>four</em></p><p>five</p>'));
  assert.equal(document.activeElement, chip);
  assert.equal(chip.getAttribute('aria-label'), 'Source 1');
  assert.equal(text?.nodeValue, ' two three ');
  assert.match(htmlIn(shown), /four<\/em><\/p><p>five/);
  patch(shown, nodesOf('<p>One <button class="chip" data-citation="1">1</button></p>'));
  assert.notEqual(shown.querySelector('button'), chip);
  shown.remove();
});
