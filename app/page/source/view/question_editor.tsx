/** A question in a field, to be asked in other words. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { useWords } from '../strings';
import { asksNow } from './keys';

interface Props {
  question: string;
  most: number;
  /** Nothing can be asked now: the words wait. */
  busy: boolean;
  onAsk: (question: string) => void;
  onCancel: () => void;
}

export function QuestionEditor({ question, most, busy, onAsk, onCancel }: Props) {
  const words = useWords();
  const [text, setText] = useState(question);
  const field = useRef<HTMLTextAreaElement>(null);
  const over = [...text].length - most;
  const ready = Boolean(text.trim()) && over <= 0 && !busy;

  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);

  return (
    <form
      class="edit"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onAsk(text.trim());
      }}
    >
      <textarea
        ref={field}
        class="field"
        dir="auto"
        rows={2}
        aria-label={words.turn.edit}
        aria-invalid={over > 0}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.isComposing) onCancel();
          if (!asksNow(event)) return;
          event.preventDefault();
          if (ready) onAsk(text.trim());
        }}
      />
      <div class="row">
        <button type="submit" class="button primary" disabled={!ready}>
          {words.turn.save}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {words.turn.cancel}
        </button>
        {over > 0 ? <span class="wrong">{words.composer.tooLong(over, most)}</span> : null}
      </div>
    </form>
  );
}
