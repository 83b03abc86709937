/** How an answer ended, in a sentence. Pure. */

import type { Strings } from '../strings';
import type { Answer } from '../types';
import { titleOf } from './failure_notice';

/** Null where it ended well, or has not ended. */
export function endingOf({ stage, text, status, failure }: Answer, words: Strings): string | null {
  switch (stage) {
    case 'truncated':
      return status?.finish_reason === 'content_filter' ? words.stage.filtered : words.stage.truncated;
    case 'abstained':
      return words.stage.abstained;
    case 'stopped':
      return text ? words.stage.stopped : words.stage.stoppedEmpty;
    case 'failed': {
      const { titles } = words.failed;
      return titles[failure ? titleOf(failure, titles) : 'other'];
    }
    default:
      return null;
  }
}

/** The same for whoever reads the answer elsewhere, who need not be the one that asked. */
export function endingElsewhere(answer: Answer, words: Strings): string | null {
  const ending = endingOf(answer, words);
  if (ending === null) return null;
  if (answer.stage === 'stopped') return words.exported.stopped;
  return answer.stage === 'failed' ? words.exported.failed(ending) : ending;
}
