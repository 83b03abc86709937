/** How an answer ended, where that is not simply well; and how far it can be relied on. */

import { useWords } from '../strings';
import type { Answer } from '../types';
import { addressOf } from './addresses';
import { endingOf } from './endings';
import { FailureNotice } from './failure_notice';
import { isWeak, nameOf } from './passages';

interface Props {
  answer: Answer;
  /** Who answers now only quotes. */
  quotes: boolean;
  busy: boolean;
  onAgain: () => void;
}

export function Ending({ answer, quotes, busy, onAgain }: Props) {
  const words = useWords();
  return (
    <div class="endings">
      {answer.stage === 'failed' && answer.failure ? (
        <FailureNotice failure={answer.failure} runId={answer.runId} partial={Boolean(answer.text)} busy={busy} onAgain={onAgain} />
      ) : null}
      {answer.stage === 'stopped' ? (
        <p class="notice">{endingOf(answer, words)}</p>
      ) : null}
      {answer.stage === 'truncated' ? (
        <div class="notice warning">
          <p>{endingOf(answer, words)}</p>
          <p class="hint">{words.stage.truncatedHint}</p>
        </div>
      ) : null}
      {answer.stage === 'abstained' ? <Abstained answer={answer} /> : null}
      {answer.text && answer.stage !== 'abstained' && answer.stage !== 'failed' ? (
        <Checked answer={answer} quotes={isQuoted(answer, quotes)} />
      ) : null}
    </div>
  );
}

/** Whether the local answerer has answered, which quotes; `now`: whether it does, where nobody is named. */
export function isQuoted({ status }: Answer, now: boolean): boolean {
  return status?.model ? status.model.startsWith('local:') : now;
}

/** The documents do not say it; which come nearest. */
function Abstained({ answer }: { answer: Answer }) {
  const words = useWords();
  const { relevance, nearest = [] } = answer.status ?? {};
  return (
    <div class="notice">
      <p>
        <strong>{words.stage.abstained}</strong>
      </p>
      <p>{words.stage.abstainedText}</p>
      {nearest.length ? (
        <>
          <h3>{words.stage.nearest}</h3>
          <ul class="nearest">
            {nearest.map((document) => {
              const passage = answer.passages.find(({ source }) => source === document.source);
              const address = passage && addressOf(passage, null);
              return (
                <li key={document.source} dir="auto">
                  {address ? (
                    <a href={address} target="_blank" rel="noopener noreferrer">
                      {nameOf(document)}
                    </a>
                  ) : (
                    nameOf(document)
                  )}
                </li>
              );
            })}
          </ul>
        </>
      ) : null}
      <p class="hint">
        {relevance ? words.stage.nearness(relevance.score, relevance.threshold) + words.page.gap : ''}
        {words.stage.askOtherwise}
      </p>
    </div>
  );
}

/** What of the answer was verified. */
function Checked({ answer, quotes }: { answer: Answer; quotes: boolean }) {
  const words = useWords();
  const { citations } = answer;
  const weak = citations.filter(isWeak).length;
  // Who only quotes, and has quoted nothing, has said no more than that.
  if (quotes && !citations.length) return null;
  return (
    <p class={weak || !citations.length ? 'checked weak' : 'checked'}>
      {quotes ? words.stage.quoted + words.page.gap : ''}
      {citations.length ? words.citation.summary(citations.length, weak) : words.citation.noneAtAll}
    </p>
  );
}
