/** One of several: answers of a question, wordings of it. */

import { Glyph } from './glyph';

interface Props {
  /** From 0. */
  shown: number;
  count: number;
  name: (n: number, of: number) => string;
  previous: string;
  next: string;
  disabled: boolean;
  onShow: (n: number) => void;
}

export function Pager({ shown, count, name, previous, next, disabled, onShow }: Props) {
  return (
    <span class="pager" role="group" aria-label={name(shown + 1, count)}>
      <button
        type="button"
        class="quiet icon"
        aria-label={previous}
        disabled={disabled || shown === 0}
        onClick={() => onShow(shown - 1)}
      >
        <Glyph name="previous" />
      </button>
      <span aria-hidden="true">
        {shown + 1} / {count}
      </span>
      <button
        type="button"
        class="quiet icon"
        aria-label={next}
        disabled={disabled || shown === count - 1}
        onClick={() => onShow(shown + 1)}
      >
        <Glyph name="next" />
      </button>
    </span>
  );
}
