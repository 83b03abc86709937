import { htmlIn } from './dom';

import assert from 'node:assert/strict';
import test from 'node:test';

import { article } from '../markdown/article';
import { partsIn, renderPiece } from '../markdown/render';
import type { Citation } from '../types';
import { citing } from './answers';

/** All nodes of a text as it ended, or as it looks while it comes. */
function nodesOf(text: string, citations: Citation[] = [], ended = true): HTMLElement {
  const root = document.createElement('div');
  for (const piece of article(null, text, citations, ended).pieces) root.append(renderPiece(piece));
  return root;
}

const ALLOWED: Record<string, string[]> = {
  a: ['href', 'target', 'rel'], ol: ['start', 'dir'], td: ['align'], th: ['align'], code: ['data-language'],
  pre: ['dir', 'tabindex'], div: ['class', 'tabindex'], button: ['type', 'class', 'data-citation'], br: [], hr: ['dir'],
  blockquote: ['dir'], del: [], em: [], strong: [], h3: ['dir'], h4: ['dir'], h5: ['dir'], h6: ['dir'], li: [], p: ['dir'],
  ul: ['dir'], table: ['dir'], tbody: [], thead: [], tr: [],
};

/** Nothing is in it but what may be. */
function assertHarmless(root: HTMLElement, about: string): void {
  for (const element of root.querySelectorAll('*')) {
    const attributes = ALLOWED[element.localName];
    assert.ok(attributes, `${about}: <${element.localName}>`);
    for (const { name } of element.attributes) assert.ok(attributes.includes(name), `${about}: ${element.localName} ${name}`);
    if (element.localName !== 'a') continue;
    assert.match(element.getAttribute('href') ?? '', /^(https?:\/\/|mailto:)/, about);
    assert.equal(element.getAttribute('rel'), 'noopener noreferrer');
    assert.equal(element.getAttribute('target'), '_blank');
  }
  // Once more as a string: what is harmless stays so.
  const again = document.createElement('div');
  again.innerHTML = root.innerHTML;
  assert.equal(again.innerHTML, root.innerHTML, about);
}

const HOSTILE = [
  '<script>alert(1)</script>', '<SCRIPT SRC=//evil.example/x.js></SCRIPT>', '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>', '<img src="https://evil.example/pixel.png">', '<body onload=alert(1)>',
  '<svg onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<svg><use href="data:image/svg+xml,x#x"/></svg>',
  '<svg><animate attributeName=href values=javascript:alert(1) /><a><text>x</text></a></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>', '<xmp><img alt="</xmp><img src=x onerror=alert(1)>">',
  '<listing>&lt;img onerror="alert(1)" src=x&gt;</listing>', '<a href="javascript:alert(1)">x</a>',
  '<iframe src="https://evil.example"></iframe>', '<iframe srcdoc="<script>alert(1)</script>">', '<object data="x">', '<embed src="x">',
  '<link rel=stylesheet href="//evil.example">', '<style>@import "//evil.example";</style>', '<base href="//evil.example">',
  '<meta http-equiv=refresh content="0;url=//evil.example">', '<form action="//evil.example"><input name=a><button>b</button></form>',
  '<p style="background:url(//evil.example)" id="page" class="chip">x</p>', '<button class="chip" data-citation="0">1</button>',
  '<details open ontoggle=alert(1)>', '<video><source onerror=alert(1)></video>', '<input autofocus onfocus=alert(1)>',
  '[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](java\tscript:alert(1))', '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))', '[x](\u0001javascript:alert(1))', '[x](<javascript:alert(1)>)', '<javascript:alert(1)>',
  '[x](vbscript:msgbox(1))', '[x](data:text/html;base64,PHNjcmlwdD4=)', '[x](data:text/html,<script>alert(1)</script>)',
  '[x](file:///etc/passwd)', '[x](blob:https://x.example/1)', '[x](//evil.example)', '[x](/sources/1)', '[x](#page)', '[x](?q=1)',
  '[x](https://bank.example@evil.example/)', '[x](https://user:secret@evil.example/)', '[x](ftp://x.example)', '[x](tel:1)',
  '[x]\n\n[x]: javascript:alert(1)', '![x](javascript:alert(1))', '![x](https://evil.example/pixel.png)', '![x][y]\n\n[y]: https://evil.example/p.png',
  '[![x](https://evil.example/p.png)](https://evil.example)', '[x](https://x.example "a\\" onmouseover=alert(1) b=\\"")',
  '[x](https://x.example/"onmouseover="alert(1))', '```"><script>alert(1)</script>\nx\n```', '```py" onclick="alert(1)\nx\n```',
  '`</code><script>alert(1)</script>`', '    <script>alert(1)</script>', '| a |\n|---|\n| <img src=x onerror=alert(1)> |',
  '# <img src=x onerror=alert(1)>', '- <script>alert(1)</script>', '> <script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;alert(1)&#60;/script&#62;', '<!-- x --><script>alert(1)</script>', '<![CDATA[<script>alert(1)</script>]]>', '<?xml ?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
  '<a name=parentNode>', '<form id=attributes><input name=nodeName>', '<img name=body>', '\ue000[\ue000]\uf8ff [\ue001\uf8ff]',
];

test('whatever an answer holds, nothing but harmless nodes come of it', () => {
  for (const text of HOSTILE) assertHarmless(nodesOf(`${text}\n\nBefore *${text}* after\n${text}`), text);
});

test('nor while it comes', () => {
  for (const text of HOSTILE) {
    const begun = text.slice(0, Math.ceil(0.7 * text.length));
    assertHarmless(nodesOf(begun, [], false), begun);
  }
});

test('HTML is shown as it was written', () => {
  for (const text of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '<b>bold</b>', 'a < b > c & d']) {
    assert.equal(nodesOf(text).textContent?.trim(), text);
  }
});

test('pictures are their descriptions, and call nobody', () => {
  assert.equal(nodesOf('See ![a map](https://evil.example/p.png).').innerHTML, '<p dir="auto">See a map.</p>');
});

test('what is no link stays as text', () => {
  assert.equal(nodesOf('[click](javascript:alert(1))').innerHTML, '<p dir="auto">click</p>');
  assert.equal(nodesOf('[bank](https://bank.example@evil.example/)').innerHTML, '<p dir="auto">bank</p>');
});

test('links, tables, code, lists and headings are there', () => {
  const root = nodesOf('# A\n\n[x](https://x.example/a?b=1&c=2) and mail@x.example and www.x.example\n\n3. a\n4. b\n\n- [x] done\n\n| a |\n|:-:|\n| b |\n\n```c++\na<b>\n```');
  assert.deepEqual([...root.querySelectorAll('a')].map(({ href }) => href), ['https://x.example/a?b=1&c=2', 'mailto:mail@x.example', 'http://www.x.example/']);
  assert.equal(root.querySelector('h3')?.textContent, 'A');
  assert.equal(root.querySelector('ol')?.start, 3);
  assert.equal(root.querySelector('ul')?.textContent?.trim(), '☑ done');
  assert.equal(root.querySelector('.table td')?.getAttribute('align'), 'center');
  assert.equal(root.querySelector('code')?.dataset['language'], 'c++');
  assert.equal(root.querySelector('code')?.textContent, 'a<b>\n');
});

test('chips are where the markers were; in code a marker is text', () => {
  const text = '**Heat is work.**[1] In `row[1]` it is not [2]:\n\n```\nrow[1]\n```\n\n| a |\n|---|\n| heat [1] |';
  const citations = [citing(text, 1, 'Heat is work.'), citing(text, 2, 'In `row[1]` it is not'), citing(text, 1, 'heat')];
  const root = nodesOf(text, citations);
  assert.deepEqual([...root.querySelectorAll('button')].map((chip) => [chip.className, chip.type, chip.dataset['citation'], chip.textContent]), [
    ['chip', 'button', '0', '1'], ['chip', 'button', '1', '2'], ['chip', 'button', '2', '1'],
  ]);
  assert.match(root.innerHTML, /<strong>Heat is work.<\/strong><button/);
  assert.deepEqual([...root.querySelectorAll('code')].map(({ textContent }) => textContent?.trim()), ['row[1]', 'row[1]']);
  assert.ok(root.querySelector('td button'));
});

test('a citation that stands in code has its text there, and no chip', () => {
  const text = 'Heat is work `[1]` and so on.';
  const citations = [{ ...citing(text, 1, 'Heat is work') }];
  const root = nodesOf(text, citations);
  assert.equal(root.querySelector('button'), null);
  assert.equal(root.querySelector('code')?.textContent, '[1]');
});

test('a marker is a chip whatever Markdown could make of it', () => {
  const cases: [string, string][] = [
    ['Heat [1](https://evil.example)', '(https://evil.example)'], ['Heat ![1](https://evil.example/p.png)', ''],
    ['Heat\n\n[1]: https://evil.example', ': https://evil.example'], ['Heat [1][1]', '[1]'], ['Heat [x [1]](https://x.example)', 'x '],
  ];
  for (const [text, rest] of cases) {
    const root = nodesOf(text, [citing(text, 1, 'Heat')]);
    const chip = root.querySelector('button');
    assert.equal(chip?.dataset['citation'], '0', text);
    assert.equal(chip?.closest('a'), null, text);
    assert.ok(root.textContent?.includes(rest), `${text}: ${root.innerHTML}`);
    assertHarmless(root, text);
  }
});

test('a marker without a citation is text', () => {
  assert.equal(nodesOf('Heat [1] and [99].').innerHTML, '<p dir="auto">Heat [1] and [99].</p>');
});

test('direction and code are isolated; overrides of the direction are taken out, in code shown', () => {
  const root = nodesOf('a\u202eb\u202c `c\u202ed\u200b`\n\n```\ne\u2066f\n```\n\n\u0645\u0631\u062d\u0628\u0627');
  assert.equal(root.querySelector('p')?.firstChild?.textContent, 'ab ');
  assert.deepEqual([...root.querySelectorAll('code')].map(({ textContent }) => textContent?.trim()), ['c⟨U+202E⟩d⟨U+200B⟩', 'e⟨U+2066⟩f']);
  assert.deepEqual([...root.children].map((block) => block.getAttribute('dir')), ['auto', 'ltr', 'auto']);
});

test('what a piece gives names its chips and its code', () => {
  const text = 'Heat [1].';
  const [piece] = article(null, text, [citing(text, 1, 'Heat')], true).pieces;
  assert.ok(piece);
  const nodes = renderPiece(piece);
  const { chips, code } = partsIn(nodes);
  assert.equal(chips.get(0), nodes.querySelector('button'));
  assert.deepEqual(code, []);
  assert.equal(htmlIn(nodes), '<p dir="auto">Heat <button type="button" class="chip" data-citation="0">1</button>.</p>');
});
