/** An answer's sources on paper, where no panel stands beside it. */

import { useWords } from '../strings';
import type { Answer } from '../types';
import { usePrinting } from './hooks';
import { Panel } from './panel';

interface Props {
  question: string;
  answer: Answer;
}

export function PrintedSources({ question, answer }: Props) {
  const words = useWords();
  const printing = usePrinting();
  if (!printing || !answer.passages.length) return null;
  return (
    <section class="printed">
      <h3>{words.sources.heading}</h3>
      <Panel
        question={question}
        named={false}
        answer={answer}
        active={null}
        chosen={null}
        onBack={nothing}
        onOnly={nothing}
      />
    </section>
  );
}

const nothing = (): void => undefined;
