/** What somebody says of an answer: the thumb is sent at once, a comment after it if there is one. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { MOST_COMMENT_CHARS } from '../service/feedback';
import { ServiceError } from '../service/failure';
import { useWords } from '../strings';

interface Props {
  score: -1 | 1;
  /** The comment that was sent before: what is sent now replaces it. */
  given: string;
  rate: (comment: string) => Promise<void>;
  onDone: () => void;
}

export function Verdict({ score, given, rate, onDone }: Props) {
  const words = useWords();
  const id = useId();
  const [comment, setComment] = useState(given);
  const kept = useRef(given);
  const [failed, setFailed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const over = [...comment].length > MOST_COMMENT_CHARS;

  const send = async (text: string) => {
    try {
      await rate(text);
      kept.current = text;
      setFailed(false);
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      setFailed(true);
      return false;
    }
  };

  useEffect(() => {
    void send(given);
    field.current?.focus();
  }, []);

  return (
    <form
      class="verdict"
      onSubmit={async (event) => {
        event.preventDefault();
        if (over) return;
        const text = comment.trim();
        if ((!failed && text === kept.current.trim()) || (await send(text))) onDone();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.isComposing) onDone();
      }}
    >
      <p role="status" class={failed ? 'wrong' : 'hint'}>
        {failed ? words.actions.feedbackFailed : words.actions.thanks}
      </p>
      <label class="label" for={id}>
        {score > 0 ? words.actions.commentGood : words.actions.comment}
      </label>
      <textarea
        ref={field}
        id={id}
        class="field"
        dir="auto"
        rows={2}
        aria-describedby={`${id}-hint`}
        aria-invalid={over}
        value={comment}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class={over ? 'wrong' : 'hint'}>
        {over ? words.actions.commentMost(MOST_COMMENT_CHARS) : words.actions.commentHint}
      </p>
      <div class="row">
        <button type="submit" class="button primary" disabled={over}>
          {words.actions.sendComment}
        </button>
        <button type="button" class="button" onClick={onDone}>
          {words.actions.skipComment}
        </button>
      </div>
    </form>
  );
}
