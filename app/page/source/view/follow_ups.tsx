/** Questions to ask with a click. */

import { harmless } from '../markdown/characters';
import { useWords } from '../strings';
import { Glyph } from './glyph';

interface ListProps {
  questions: string[];
  disabled: boolean;
  onAsk: (question: string) => void;
}

/** They come from documents and models: what is asked is what was to be read. */
export function Questions({ questions, disabled, onAsk }: ListProps) {
  return (
    <ul class="asks" role="list">
      {questions.map((given) => harmless(given, false)).map((question) => (
        <li key={question}>
          <button type="button" disabled={disabled} onClick={() => onAsk(question)}>
            <span dir="auto">{question}</span>
            <Glyph name="next" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function FollowUps(props: ListProps) {
  const words = useWords();
  if (!props.questions.length) return null;
  return (
    <section class="follow-ups">
      <h3>{words.turn.suggestions}</h3>
      <Questions {...props} />
    </section>
  );
}
