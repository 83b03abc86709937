import assert from 'node:assert/strict';
import test from 'node:test';

import { answerAsMarkdown, answerAsText, conversationAsMarkdown, fileNameOf } from '../talk/exporting';
import { answered, asked, newConversation } from '../talk/conversation';
import type { Answer } from '../types';
import { answerOf, citing, passage } from './answers';

const PAGE = 'http://page.example/here/#/c/1';
const TEXT = 'Heat is work [3]. Work is heat [1][3]. In `a[1]` not.';
const ANSWER = answerOf(TEXT, [citing(TEXT, 3, 'Heat is work'), citing(TEXT, 1, 'Work is heat'), citing(TEXT, 3, 'Work is heat')]);

test('sources are footnotes, numbered by first use', () => {
  assert.equal(answerAsMarkdown(ANSWER, PAGE), `Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

[^1]: [Source 3](<http://page.example/sources/c3?quote=0,7>): “Quote 3”
[^2]: [Source 1](<http://page.example/sources/c1?quote=0,7>): “Quote 1”
`);
});

test('as text they are a list', () => {
  assert.equal(answerAsText(ANSWER, { sources: 'Sources:' }, PAGE), `Heat is work [1]. Work is heat [2][1]. In \`a[1]\` not.

Sources:
[1] Source 3, http://page.example/sources/c3?quote=0,7
[2] Source 1, http://page.example/sources/c1?quote=0,7
`);
  assert.equal(answerAsText(answerOf('Nothing.'), { sources: 'Sources:' }, PAGE), 'Nothing.\n');
});

test('in a conversation they are numbered through', () => {
  let conversation = newConversation(1, false);
  for (const question of ['Why?', 'How *so*?\nReally?']) {
    conversation = asked(conversation, question, 1);
    conversation = answered(conversation, conversation.turns.at(-1)?.id ?? '', 0, ANSWER, 1);
  }
  assert.equal(conversationAsMarkdown(conversation, PAGE), `# Why?

## Why?

Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

## How \\*so\\*? Really?

Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

[^1]: [Source 3](<http://page.example/sources/c3?quote=0,7>): “Quote 3”
[^2]: [Source 1](<http://page.example/sources/c1?quote=0,7>): “Quote 1”
`);
  assert.equal(fileNameOf(conversation), 'Why');
});

test('titles and quotes of documents cannot pass for Markdown', () => {
  const hostile: Answer = {
    ...ANSWER,
    passages: [{ ...passage(1), title: '](javascript:x) <script>\n# x' }, passage(2), passage(3)],
    citations: ANSWER.citations.map((each) => ({ ...each, quote: '[x](y)\n\n[^9]: z', url: 'https://x.example/a>b' })),
  };
  const text = answerAsMarkdown(hostile, PAGE);
  assert.match(text, /\n\[\^2\]: \[\\\]\(javascript:x\) \\<script\\> \\# x\]\(<https:\/\/x.example\/a%3Eb>\): “\\\[x\\\]\(y\) \\\[\^9\\\]: z”\n$/);
});

test('files have names that every system takes', () => {
  const named = (title: string): string => fileNameOf({ ...newConversation(1, false), title });
  assert.deepEqual(['Why: a/b\\c?', '../..', '熱とは？', 'x'.repeat(99)].map(named), ['Why-a-b-c', 'conversation', '熱とは', 'x'.repeat(60)]);
});
