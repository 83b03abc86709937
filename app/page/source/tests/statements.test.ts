import './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { article } from '../markdown/article';
import { renderPiece } from '../markdown/render';
import { markSegments, segmentsOf } from '../markdown/statements';
import type { Citation } from '../types';
import { citing } from './answers';

function shown(text: string, citations: Citation[]) {
  const { pieces } = article(null, text, citations, true);
  const roots = pieces.map((piece) => {
    const root = document.createElement('div');
    root.append(renderPiece(piece));
    document.body.append(root);
    return root;
  });
  const segments = citations.map((_, citation) => pieces.flatMap((piece, n) => segmentsOf(roots[n] as Node, piece, citation)));
  return { roots, segments, words: segments.map((all) => all.map(({ node, start, end }) => node.data.slice(start, end))) };
}

test('a statement is found in what is shown, without its marks', () => {
  const text = 'First.\n\nThe *heat* of **a body** is `work` [1]. [Links](https://x.example/a_b "Title") lead on & on [2]. Last.';
  const { words } = shown(text, [citing(text, 1, 'The *heat* of **a body** is `work`'), citing(text, 2, '[Links](https://x.example/a_b "Title") lead on & on')]);
  assert.deepEqual(words, [['The', 'heat', 'of', 'a body', 'is', 'work'], ['Links', 'lead on & on']]);
});

test('the second of two equal sentences is the second', () => {
  const text = 'Heat is work [1]. Heat is work [2]. Heat is work [3].';
  const { segments } = shown(text, [citing(text, 1, 'Heat is work'), citing(text, 2, 'Heat is work', 5), citing(text, 3, 'Heat is work', 25)]);
  const nodes = segments.map(([segment]) => segment?.node);
  assert.equal(new Set(nodes).size, 3);
  assert.deepEqual(segments.map((all) => all.length), [1, 1, 1]);
});

test('entities, escapes, emoji and cells do not lead astray', () => {
  const text = 'A &lt;b&gt; &copy; \\*c\\* 😀 is so [1].\n\n| h | i |\n|---|---|\n| heat | work [2] |\n\n> - quoted **heat** [3]';
  const { words } = shown(text, [citing(text, 1, '😀 is so'), citing(text, 2, 'work'), citing(text, 3, 'quoted **heat**')]);
  assert.deepEqual(words, [['😀 is so'], ['work'], ['quoted', 'heat']]);
});

test('a statement over several blocks is in each of them', () => {
  const text = 'It goes like this:\n\n```\nrun it\n```\n\n[1] And on.';
  const { words } = shown(text, [citing(text, 1, 'It goes like this:\n\n```\nrun it\n```')]);
  assert.deepEqual(words, [['It goes like this:', 'run it']]);
});

test('an empty statement has no segments', () => {
  const text = 'Heat [1].';
  assert.deepEqual(shown(text, [{ ...citing(text, 1, 'Heat'), answerStart: 4 }]).words, [[]]);
});

test('where the browser has no highlights, elements mark the segments and go again', () => {
  const text = 'The *heat* is work [1].';
  const { roots: [root], segments: [segments] } = shown(text, [citing(text, 1, 'The *heat* is work')]);
  assert.ok(root && segments);
  const before = root.innerHTML;
  const off = markSegments(segments, 'statement');
  assert.equal(root.querySelectorAll('mark.statement').length, 3);
  assert.equal(root.textContent, 'The heat is work 1.');
  off();
  assert.equal(root.innerHTML, before);
});

test('where it has them, the nodes stay as they are', () => {
  const text = 'The *heat* is work [1].';
  const { roots: [root], segments: [segments] } = shown(text, [citing(text, 1, 'The *heat* is work')]);
  const highlights = new Map<string, { ranges: Range[] }>();
  class Highlight {
    ranges: Range[];
    constructor(...ranges: Range[]) {
      this.ranges = ranges;
    }
  }
  Object.assign(globalThis, { Highlight, CSS: { highlights } });
  try {
    const before = root?.innerHTML;
    const off = markSegments(segments ?? [], 'statement');
    assert.deepEqual(highlights.get('statement')?.ranges.map(String), ['The', 'heat', 'is work']);
    assert.equal(root?.innerHTML, before);
    const another = markSegments([], 'statement');
    off();
    assert.ok(highlights.has('statement'));
    another();
    assert.ok(!highlights.has('statement'));
  } finally {
    Reflect.deleteProperty(globalThis, 'Highlight');
    Reflect.deleteProperty(globalThis, 'CSS');
  }
});
