import assert from 'node:assert/strict';
import test from 'node:test';

import { answerAsMarkdown, conversationAsMarkdown, fileNameOf } from '../talk/exporting';
import { answered, asked, newConversation } from '../talk/conversation';
import { en } from '../strings/en';
import { zh } from '../strings/zh';
import type { Answer } from '../types';
import { endingElsewhere } from '../view/endings';
import { answerOf, citing, passage } from './answers';

const PAGE = 'http://page.example/here/#/c/1';
const WELL = () => null;
const TEXT = 'Heat is work [3]. Work is heat [1][3]. In `a[1]` not.';
const ANSWER = answerOf(TEXT, [citing(TEXT, 3, 'Heat is work'), citing(TEXT, 1, 'Work is heat'), citing(TEXT, 3, 'Work is heat')]);

test('sources are footnotes, numbered by first use', () => {
  assert.equal(answerAsMarkdown(ANSWER, PAGE, WELL), `Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

[^1]: [Source 3](<http://page.example/here/sources/c3?quote=0,7>): “Quote 3”
[^2]: [Source 1](<http://page.example/here/sources/c1?quote=0,7>): “Quote 1”
`);
});

test('what is not whole says so below it, also where it breaks off in code', () => {
  const inEnglish = (answer: Answer): string | null => endingElsewhere(answer, en);
  const failure = { code: 'model_failed', message: '', retryable: true, retryAfter: null, status: null };
  const all: [Partial<Answer>, string][] = [
    [{ stage: 'truncated' }, en.stage.truncated],
    [{ stage: 'truncated', status: { state: 'truncated', finish_reason: 'content_filter', run_id: 'r', model: 'm' } }, en.stage.filtered],
    [{ stage: 'stopped' }, en.exported.stopped],
    [{ stage: 'failed', failure }, 'This answer could not be completed: The model failed.'],
  ];
  for (const [changes, said] of all) {
    const answer = { ...answerOf('Run:\n\n```\nmake'), ...changes };
    assert.equal(answerAsMarkdown(answer, PAGE, inEnglish), `Run:\n\n\`\`\`\nmake\n\`\`\`\n\n*${said}*\n`);
    const conversation = asked(newConversation(1, false), 'Why?', 1);
    const ended = answered(conversation, conversation.turns[0]?.id ?? '', 0, answer, 1);
    assert.ok(conversationAsMarkdown(ended, PAGE, inEnglish).endsWith(`\n\n*${said}*\n`));
    assert.ok(endingElsewhere(answer, zh));
  }
  assert.equal(inEnglish(ANSWER), null);
});

test('in a conversation they are numbered through', () => {
  let conversation = newConversation(1, false);
  for (const question of ['Why?', 'How *so*?\nReally?']) {
    conversation = asked(conversation, question, 1);
    conversation = answered(conversation, conversation.turns.at(-1)?.id ?? '', 0, ANSWER, 1);
  }
  assert.equal(conversationAsMarkdown(conversation, PAGE, WELL), `# Why?

## Why?

Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

## How \\*so\\*? Really?

Heat is work [^1]. Work is heat [^2][^1]. In \`a[1]\` not.

[^1]: [Source 3](<http://page.example/here/sources/c3?quote=0,7>): “Quote 3”
[^2]: [Source 1](<http://page.example/here/sources/c1?quote=0,7>): “Quote 1”
`);
  assert.equal(fileNameOf(conversation), 'Why');
});

test('titles and quotes of documents cannot pass for Markdown', () => {
  const hostile: Answer = {
    ...ANSWER,
    passages: [{ ...passage(1), title: '](javascript:x) <script>\n# x' }, passage(2), passage(3)],
    citations: ANSWER.citations.map((each) => ({ ...each, quote: '[x](y)\n\n[^9]: z', url: 'https://x.example/a>b' })),
  };
  const text = answerAsMarkdown(hostile, PAGE, WELL);
  assert.match(text, /\n\[\^2\]: \[\\\]\(javascript:x\) \\<script\\> \\# x\]\(<https:\/\/x.example\/a%3Eb>\): “\\\[x\\\]\(y\) \\\[\^9\\\]: z”\n$/);
});

test('files have names that every system takes', () => {
  const named = (title: string): string => fileNameOf({ ...newConversation(1, false), title });
  assert.deepEqual(['Why: a/b\\c?', '../..', '熱とは？', 'x'.repeat(99)].map(named), ['Why-a-b-c', 'conversation', '熱とは', 'x'.repeat(60)]);
});
