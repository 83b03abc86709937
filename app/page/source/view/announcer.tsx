/** What a screen reader is told: each stage of an answer and how it ended, never its single words. */

import { useMemo } from 'preact/hooks';

import { isEnded } from '../stream/events';
import { useWords, type Strings } from '../strings';
import type { Answer, Info } from '../types';
import { endingOf } from './endings';
import { progressOf } from './progress';

export function announcementOf(answer: Answer, model: Info['model'] | null, words: Strings): string {
  if (!isEnded(answer)) return progressOf(answer, model, words) ?? words.stage.answering;
  const ending = endingOf(answer, words);
  return ending ?? words.stage.finished(wordsIn(answer.text, words.code), answer.citations.length);
}

function wordsIn(text: string, language: string): number {
  const segments = new Intl.Segmenter(language, { granularity: 'word' }).segment(text);
  let count = 0;
  for (const segment of segments) if (segment.isWordLike) count += 1;
  return count;
}

/** The region is always there, so that what changes in it is told. */
export function Announcer({ answer, model }: { answer: Answer | null; model: Info['model'] | null }) {
  const words = useWords();
  const stage = answer?.stage;
  // What it says of the text, it says of the finished one.
  const said = useMemo(() => (answer ? announcementOf(answer, model, words) : ''), [stage, answer?.askedAt, model, words]);
  return (
    <div class="hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
