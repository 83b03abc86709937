import assert from 'node:assert/strict';
import test from 'node:test';

import { closed } from '../markdown/open_end';

const CASES: [string, string][] = [
  ['Heat is **work', 'Heat is **work**'],
  ['Heat is **work ', 'Heat is **work**'],
  ['Heat is **work*', 'Heat is **work**'],
  ['Heat is **', 'Heat is '],
  ['Heat is *', 'Heat is '],
  ['*Heat* is', '*Heat* is'],
  ['**Heat** is **work**', '**Heat** is **work**'],
  ['***Heat', '***Heat***'],
  ['**Heat and *work', '**Heat and *work***'],
  ['2 * 3 is 6', '2 * 3 is 6'],
  ['snake_case_name', 'snake_case_name'],
  ['an _idea', 'an _idea_'],
  ['~~not', '~~not~~'],
  ['Use `code', 'Use `code`'],
  ['Use `', 'Use '],
  ['Use ``a`b', 'Use ``a`b``'],
  ['Use ``a`b`', 'Use ``a`b``'],
  ['**Use `code', '**Use `code`**'],
  ['Use `**`', 'Use `**`'],
  ['See [the docs', 'See [the docs](#)'],
  ['See [the docs](https://x.exam', 'See [the docs](#)'],
  ['See [the docs](https://x.example) and', 'See [the docs](https://x.example) and'],
  ['See [the **docs', 'See [the **docs**](#)'],
  ['[b](https://x.example/a_(b)) is _so', '[b](https://x.example/a_(b)) is _so_'],
  ['https://x.example/_a_', 'https://x.example/_a_'],
  ['**See [the docs', '**See [the docs](#)**'],
  ['a \\', 'a '],
  ['a \\* b', 'a \\* b'],
  ['Text\n-', 'Text'],
  ['Text\n---', 'Text'],
  ['Text\n1.', 'Text'],
  ['Text\n``', 'Text'],
  ['Text\n#', 'Text'],
  ['- one\n- **two', '- one\n- **two**'],
  ['- **one\n- two', '- **one\n- two'],
  ['| a | b |', ''],
  ['| a | b |\n|---', ''],
  ['| a | b |\n|---|---|\n| **x', '| a | b |\n|---|---|\n| **x**'],
  ['| a | b |\n|---|---|\n| **x** | y', '| a | b |\n|---|---|\n| **x** | y'],
  ['```py\nx = **y', '```py\nx = **y'],
  ['- a\n\n  ```py\n  x = "`', '- a\n\n  ```py\n  x = "`'],
  ['Half **bold\n\nNext', 'Half **bold\n\nNext'],
  ['Heat **[\ue000] is', 'Heat **[\ue000] is**'],
];

test('what is open is closed, and what says nothing yet is held back', () => {
  for (const [text, shown] of CASES) assert.equal(closed(text), shown, JSON.stringify(text));
});

test('hostile texts are closed, too', () => {
  const parts = ['*a ', '[', '`', '`a``b', '|', '\n|a|', '**a*_', '- ', '\n-', '[a](', '\\', '~~a'];
  for (const part of parts) {
    const text = part.repeat(3_000);
    assert.ok(closed(text).length <= 2.1 * text.length + 9, part);
  }
});
