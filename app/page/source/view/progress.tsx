/** Where an answer is that has not ended, in words. */

import { useWords, type Strings } from '../strings';
import type { Answer, Info } from '../types';
import { useNow } from './hooks';

/** Null where the words of the answer say it better. */
export function progressOf(answer: Answer, model: Info['model'] | null, words: Strings): string | null {
  switch (answer.stage) {
    case 'searching':
      return words.stage.searching;
    case 'waiting':
      return model && !model.quotes ? words.stage.waitingOn(model.name) : words.stage.waiting;
    case 'offline':
      return words.stage.offline;
    default:
      return null;
  }
}

export function Progress({ answer, model }: { answer: Answer; model: Info['model'] | null }) {
  const words = useWords();
  const text = progressOf(answer, model, words);
  if (!text) return null;
  return (
    <p class={answer.stage === 'offline' ? 'progress offline' : 'progress'}>
      <span>
        {text}
        {answer.stage === 'offline' ? null : <Since start={answer.askedAt} />}
      </span>
    </p>
  );
}

/** Seconds that have gone by, once they are worth telling. */
function Since({ start }: { start: number }) {
  const words = useWords();
  const gone = Math.floor((useNow(1_000) - start) / 1_000);
  return gone >= 3 ? <span aria-hidden="true">{` · ${words.stage.since(gone)}`}</span> : null;
}
