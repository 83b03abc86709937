import { htmlIn } from './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { article, grouped, type Article } from '../markdown/article';
import { htmlOf } from '../markdown/markdown';
import { renderPiece } from '../markdown/render';
import { citing } from './answers';

const TEXT = `# Heat

Heat is **work** [1], see [the guide][g] and [another one](https://x.example/a_(b)).
A second line with *emphasis*, \`code[1]\` and ~~nothing~~.

- one [1]
- two
  - deeper

  a paragraph
- three

1. first
2. second

> quoted
> more

| a | b |
|---|---|
| 1 | [2] |
| 2 | x |

\`\`\`python
def f(a):
    return a[1]


# not a heading
\`\`\`

Title
-----

#tag is no heading
---

[g]: https://g.example/guide
Last words 😀.`;
const CITATIONS = [
  citing(TEXT, 1, 'Heat is **work**'), citing(TEXT, 1, 'one', 150), citing(TEXT, 2, '1 |', 200),
];

function shown(from: Article): string {
  return from.pieces.map((piece) => htmlIn(renderPiece(piece)).trim()).join('\n');
}

function grown(size: number): Article {
  let now: Article | null = null;
  for (let end = 0; end < TEXT.length; end += size) now = article(now, TEXT.slice(0, end), [], false);
  return article(now, TEXT, CITATIONS, true);
}

test('however a text came, it is shown as it is', () => {
  const whole = shown(article(null, TEXT, CITATIONS, true));
  for (const size of [1, 7]) assert.equal(shown(grown(size)), whole, `in pieces of ${size}`);
});

test('what is finished stays the same object, and stays right', () => {
  let before: Article | null = null;
  let replaced = 0;
  for (let end = 0; end <= TEXT.length; end++) {
    const now: Article = article(before, TEXT.slice(0, end), [], false);
    const finished = before?.pieces.filter(({ open }) => !open) ?? [];
    for (const piece of finished) if (!now.pieces.includes(piece)) replaced++;
    before = now;
  }
  // The one with the reference, when it is known where that leads.
  assert.ok(replaced <= 1, `${replaced} were made anew`);
  const last = article(before, TEXT, [], true);
  const kept = last.pieces.filter((piece) => before?.pieces.includes(piece));
  assert.ok(kept.length >= last.pieces.length - 2, `${kept.length} of ${last.pieces.length}`);
});

test('nothing that changes is no new article', () => {
  const one = article(null, TEXT, CITATIONS, false);
  assert.equal(article(one, TEXT, CITATIONS, false).pieces, one.pieces);
});

test('while it comes, code looks like code and emphasis does not flicker', () => {
  let now: Article | null = null;
  for (let end = 0; end < TEXT.length; end++) {
    now = article(now, TEXT.slice(0, end), [], false);
    const all = now.pieces.slice(-2).map((piece) => htmlOf(piece.text, piece.links)).join('');
    const html = all.replace(/<code[^]*?<\/code>/g, '').replace(/href=".*?"/g, '');
    assert.doesNotMatch(html, /\*|~~|`|\]\(|\|/, TEXT.slice(0, end));
  }
});

test('a reference is followed when it becomes known where it leads', () => {
  const first = article(null, 'See [the guide][g] now.\n\nMore of it is here.\n\n', [], false);
  const second = article(first, 'See [the guide][g] now.\n\nMore of it is here.\n\n[g]: https://g.example/\n\nAnd that is that.\n\nThe end of it is here.', [], false);
  assert.match(shown(second), /<a href="https:\/\/g.example\/"/);
  assert.notEqual(second.pieces[0], first.pieces[0]);
});

test('a citation that comes later makes its piece anew, and no other', () => {
  const text = 'Heat is work [1].\n\nWork is heat [2].\n\nThe end of it is here.';
  const first = article(null, text, [], false);
  const second = article(first, text, [citing(text, 1, 'Heat is work')], false);
  assert.notEqual(second.pieces[0], first.pieces[0]);
  assert.equal(second.pieces[1], first.pieces[1]);
  assert.deepEqual(second.pieces[0]?.marks, [{ citation: 0, marker: 1, start: 13, end: 16 }]);
});

test('another text in place of one that had begun begins anew', () => {
  const first = article(null, 'One.\n\nTwo is longer than that.\n\nThree', [], false);
  assert.equal(shown(article(first, 'Four.', [], true)), '<p dir="auto">Four.</p>');
});

test('a long list is several pieces, however it came', () => {
  for (const sign of ['- ', '1. ', 'n. ']) {
    const items = Array.from({ length: 120 }, (_, n) => `${sign.replace('n', String(n + 1))}Item **${n}** of it\n  and more`);
    const text = items.join('\n');
    const whole = article(null, text, [], true);
    let now: Article | null = null;
    for (let end = 0; end < text.length; end += 90) now = article(now, text.slice(0, end), [], false);
    const last = article(now, text, [], true);
    assert.deepEqual(last.pieces, whole.pieces);
    assert.equal(last.pieces.length > 2, sign !== '1. ', sign);
    const kept = last.pieces.filter((piece) => now?.pieces.includes(piece));
    assert.equal(kept.length, last.pieces.length - 1);
    const html = last.pieces.map((piece) => htmlOf(piece.text, piece.links)).join('');
    assert.equal(html.match(/<li>/g)?.length, 120);
    assert.equal(grouped([...(now?.pieces ?? [])]).length, 1, 'but one list');
    if (sign === 'n. ') assert.match(html, /<ol start="\d\d">/);
  }
});

test('only what goes on with a list is grouped with it', () => {
  const items = Array.from({ length: 90 }, (_, n) => `- Item **${n}** of the list\n`).join('');
  const text = `Before it there is this.\n\n${items}\nBehind it there is that.\n\n${items}`;
  let now: Article | null = null;
  for (let end = 0; end < text.length; end += 90) now = article(now, text.slice(0, end), [], false);
  for (const each of [now, article(now, text, [], true)]) {
    const sizes = grouped(each?.pieces ?? []).map((group) => group.length > 1);
    assert.deepEqual(sizes, [false, true, false, true]);
  }
});
