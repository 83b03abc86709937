/**
 * Makes what shows answers ready while nobody waits: browsers compile regular expressions, of which
 * Markdown takes many, when they are first used. Else the first words of an answer would pay.
 */

import { article } from './article';
import { renderPiece } from './render';

const SAMPLES = [
  'Some **words**, *others* and `code` [1],\nan [address](https://a.example/) and https://b.example/.',
  '- one\n- two\n  - three\n\n1. four\n2. five',
  '# Title\n\n> said\n\n---\n\n```js\nlet a;\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
];

/** `later` runs a thing when there is time for it: each of a few, so that none takes long. */
export function warm(later: (run: () => void) => void): void {
  const next = (n: number): void => {
    const sample = SAMPLES[n];
    if (sample === undefined) return;
    later(() => {
      // As it comes, and as it ended; what is used twice is compiled for speed.
      const before = article(null, sample.slice(0, -1), [], false);
      for (const { pieces } of [before, article(before, sample, [], true)]) pieces.forEach(renderPiece);
      next(n + 1);
    });
  };
  next(0);
}

/** When the browser has nothing else to do. */
export function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: 2_000 });
  else setTimeout(run, 200);
}
