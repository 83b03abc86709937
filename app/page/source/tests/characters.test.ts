import assert from 'node:assert/strict';
import test from 'node:test';

import { harmless, harmlessInPlace } from '../markdown/characters';

test('what turns text around or says something unseen is taken out of text', () => {
  assert.equal(harmless('user\u202etxt.exe\u202c', false), 'usertxt.exe');
  assert.equal(harmless('hello\u{e0049}\u{e0067}\u{e007f}', false), 'hello');
});

test('where places are counted, all else stays where it is', () => {
  assert.equal(harmlessInPlace('a\u202eb\u202c\u{e0041}\u{e0042}c'), 'a\u2060b\u2060\u2060\u2060c');
  const flag = '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';
  assert.equal(harmlessInPlace(`${flag} می\u200cخواهم`), `${flag} می\u200cخواهم`);
});

test('what scripts and emoji are written with stays', () => {
  const texts = ['👩\u200d🚀', 'می\u200cخواهم', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}!', '\u2067שלום\u2069', 'plain'];
  for (const text of texts) assert.equal(harmless(text, false), text);
});

test('in code all of it is shown', () => {
  assert.equal(harmless('if (a\u200b\u202e\ufeff\u{e0041})', true), 'if (a⟨U+200B⟩⟨U+202E⟩⟨U+FEFF⟩⟨U+E0041⟩)');
  assert.equal(harmless('x = "Grüße"', true), 'x = "Grüße"');
});
