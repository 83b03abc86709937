import assert from 'node:assert/strict';
import test from 'node:test';

import { ago, preferred } from '../strings';
import { en } from '../strings/en';
import { zh } from '../strings/zh';
import { safeAddress } from '../view/addresses';
import { announcementOf } from '../view/announcer';
import { commandIn, titleOf } from '../view/failure_notice';
import { asksNow } from '../view/keys';
import { citationsByPassage, cut, nameOf } from '../view/passages';
import { chunksOf } from '../view/reader_view';
import { answerOf } from './answers';

const PAGE = 'https://docs.example/under/';

test('a reader is led to the service, wherever it stands, and into the web', () => {
  assert.equal(safeAddress('/sources/a?quote=1,2', PAGE), 'https://docs.example/under/sources/a?quote=1,2');
  assert.equal(safeAddress('https://x.example/#:~:text=a', PAGE), 'https://x.example/#:~:text=a');
});

test('a reader is led nowhere else', () => {
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '', null]) {
    assert.equal(safeAddress(address, PAGE), null);
  }
});

test('Enter asks, but not in the middle of a composition', () => {
  const key = (changes: object) => asksNow({ key: 'Enter', isComposing: false, keyCode: 13, ...changes } as KeyboardEvent);
  assert.equal(key({}), true);
  for (const changes of [{ shiftKey: true }, { isComposing: true }, { keyCode: 229 }, { key: 'a' }]) {
    assert.equal(key(changes), false);
  }
});

test('who refuses is told by the status, whatever the code', () => {
  const failure = (code: string, status: number | null) =>
    titleOf({ code, status, message: '', retryable: false, retryAfter: null }, en.failed.titles);
  assert.equal(failure('access_refused', 401), 'unauthorized');
  assert.equal(failure('http_error', 403), 'forbidden');
  assert.equal(failure('host_not_allowed', 421), 'host_not_allowed');
  assert.equal(failure('token_timeout', 504), 'timeout');
  assert.equal(failure('never_heard_of', 500), 'other');
});

test('how an answer ended is told as it is shown', () => {
  const failure = { code: 'token_timeout', message: '', retryable: true, retryAfter: null, status: null };
  const told = (changes: object) => announcementOf({ ...answerOf('Two words'), ...changes }, null, en);
  assert.equal(told({}), 'The answer is there: 2 words, 0 citations.');
  assert.equal(told({ stage: 'failed', failure }), en.failed.titles.timeout);
  assert.equal(told({ stage: 'failed' }), en.failed.titles.other);
  assert.equal(told({ stage: 'stopped', text: '' }), en.stage.stoppedEmpty);
});

test('the names of documents are read as they are written', () => {
  assert.equal(nameOf({ title: 'exe\u202etxt.\u202c', source: 'a' }), 'exetxt.');
  assert.equal(nameOf({ title: '\u202e', source: 'a\u{e0041}.md' }), 'a.md');
});

test('a command is found in a message', () => {
  assert.equal(commandIn('the index is empty: run python -m ingest --sample (or your own)'), 'python -m ingest --sample');
  assert.equal(commandIn('nothing to run'), null);
});

test('texts are cut in code points, where spans overlap too', () => {
  const parts = cut('a🙂bcd', [[1, 3], [2, 4]]).map(({ text, marked }) => (marked ? `!${text}` : text));
  assert.deepEqual(parts, ['a', '!🙂b', '!c', 'd']);
});

test('a passage that is not cited anew keeps its list, so that it is not shown anew', () => {
  const of = (document: number) => ({
    marker: 1, answerStart: 0, answerEnd: 1, document, quote: '', quoteStart: 0, quoteEnd: 1, support: 1, url: null,
  });
  const first = of(0);
  const before = citationsByPassage([first], new Map());
  const after = citationsByPassage([first, of(1)], before);
  assert.equal(after.get(0), before.get(0));
  assert.equal(after.get(1)?.length, 1);
});

test('the chunk that is read is whole where others overlap it', () => {
  const excerpt = {
    id: 'b', title: '', source: '', url: null, page: null, language: null, chunk: 2, chunks: 3,
    text: 'aabbcc', chunkStart: 2, chunkEnd: 4, quote: null, previous: null, next: null, metadata: {},
    marks: [{ id: 'a', start: 0, end: 3 }, { id: 'b', start: 2, end: 4 }, { id: 'c', start: 4, end: 6 }],
  };
  assert.deepEqual(chunksOf(excerpt).map(({ id, text }) => `${id}:${text}`), ['a:aa', 'b:bb', 'c:cc']);
  const turned = { ...excerpt, text: 'a\u202ebb\u{e0041}c' };
  assert.deepEqual(chunksOf(turned).map(({ text }) => text), ['a\u2060', 'bb', '\u2060c']);
});

test('the language is the chosen one, else the first of the browser that the page speaks', () => {
  assert.equal(preferred(null, ['fr', 'zh-TW', 'en']), zh);
  assert.equal(preferred('en', ['zh-CN']), en);
  assert.equal(preferred(null, ['fr']), en);
});

test('both languages say the same things', () => {
  const names = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([name, each]) =>
      typeof each === 'object' ? names(each, `${path}${name}.`) : [`${path}${name}`],
    );
  assert.deepEqual(names(zh).sort(), names(en).sort());
});

test('how long ago is said in words', () => {
  assert.equal(ago(0, 3 * 3_600_000, en), '3 hours ago');
  assert.equal(ago(0, 0, en), 'now');
});
