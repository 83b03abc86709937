/** A text that comes faster than it can be shown: a part of it each frame. */

import { useEffect, useRef, useState } from 'preact/hooks';

/** What is rendered within one frame, with room for typing; a model's tokens are far fewer. */
const MOST_CHARS = 1_500;
const FIRST_CHARS = 300;
/** The sources that came with the first words are rendered before them, in a frame of their own. */
const NOT_BEGUN = -1;

/** How much of a text is shown next, where `shown` of it is. */
export function grownLength(shown: number, text: string): number {
  if (shown === NOT_BEGUN) return 0;
  const next = shown + Math.min(MOST_CHARS, FIRST_CHARS + shown);
  if (next >= text.length) return text.length;
  // Not within a character.
  return /[\udc00-\udfff]/.test(text[next] ?? '') ? next + 1 : next;
}

/** How much of the text to show now. `whole` at first: all of it. */
export function useGrowing(text: string, whole: boolean): number {
  const shown = useRef(whole ? text.length : NOT_BEGUN);
  const [, again] = useState(0);
  // Another text in its place begins anew.
  if (text.length < shown.current) shown.current = text.length;
  const length = grownLength(shown.current, text);

  useEffect(() => {
    shown.current = length;
    if (length === text.length) return;
    const frame = requestAnimationFrame(() => again((n) => n + 1));
    return () => cancelAnimationFrame(frame);
  }, [length, text]);

  return length;
}
