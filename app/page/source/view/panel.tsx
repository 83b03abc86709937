/** The passages that an answer rests on. */

import { useMemo, useRef } from 'preact/hooks';

import { isEnded } from '../stream/events';
import { useWords } from '../strings';
import type { Answer, Citation } from '../types';
import { memo } from './memo';
import { PassageView } from './passage';
import { citationsByPassage, documentsOf, type Cited } from './passages';

interface Props {
  question: string;
  /** Said where there are other questions, too. */
  named: boolean;
  answer: Answer;
  /** The citation that is looked at. */
  active: number | null;
  /** The passage that is, where it is no citation's. */
  chosen: number | null;
  onBack: () => void;
  onOnly: (source: string) => void;
}

export const Panel = memo(function Panel({ question, named, answer, active, chosen, onBack, onOnly }: Props) {
  const words = useWords();
  const { passages, citations } = answer;
  const before = useRef<Cited>(new Map());
  const cited = useMemo(() => citationsByPassage(citations, before.current), [citations]);
  before.current = cited;
  const documents = useMemo(() => documentsOf(passages).length, [passages]);
  const citation = active === null ? null : (citations[active] ?? null);
  const ended = isEnded(answer);
  // What ended before has found nothing, but not because there is nothing.
  const searched = ended && answer.stage !== 'failed' && answer.stage !== 'stopped';
  return (
    <>
      <div class="panel-head">
        <p>
          {passages.length
            ? words.sources.found(passages.length, documents)
            : searched
              ? words.sources.nothing
              : words.sources.none}
        </p>
        {named ? (
          <p>
            {words.sources.ofQuestion} <q dir="auto">{question}</q>
          </p>
        ) : null}
      </div>
      <ol class="passages" role="list">
        {passages.map((passage, n) => (
          <PassageView
            key={passage.chunkId || n}
            n={n}
            passage={passage}
            cited={cited.get(n) ?? NONE}
            ended={ended}
            citation={citation?.document === n ? citation : null}
            chosen={chosen === n}
            onBack={onBack}
            onOnly={onOnly}
          />
        ))}
      </ol>
    </>
  );
});

const NONE: Citation[] = [];
