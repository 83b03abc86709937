/** Where a question is written. */

import { useEffect, useId, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

import { useWords } from '../strings';
import type { Options } from '../types';
import { Glyph } from './glyph';
import { asksNow } from './keys';
import { memo } from './memo';
import { shownName } from './passages';

const TELL_LEFT = 200;

interface Props {
  field: RefObject<HTMLTextAreaElement | null>;
  followUp: boolean;
  busy: boolean;
  /** Why no question can be asked, in words. */
  closed: string | null;
  most: number;
  options: Options;
  /** A question that a link has brought; empty: none. It is taken once. */
  proposed: string;
  takeProposed: () => string;
  onAsk: (question: string) => void;
  onStop: () => void;
  onOptions: () => void;
  onUnfilter: (field: string, value: string) => void;
}

export const Composer = memo(function Composer(props: Props) {
  const { field, followUp, busy, closed, most, options, proposed, takeProposed, onAsk, onStop, onOptions, onUnfilter } = props;
  const words = useWords();
  const id = useId();
  const [text, setText] = useState('');
  const left = most - [...text].length;
  const ready = Boolean(text.trim()) && left >= 0 && !busy && !closed;
  const set = optionsSet(options);
  const filters = Object.entries(options.filter).flatMap(([name, values]) =>
    values.map((value) => ({ name, value })),
  );
  const said =
    left < 0
      ? words.composer.tooLong(-left, most)
      : left < TELL_LEFT
        ? words.composer.nearlyFull(left)
        : (closed ?? (busy && text.trim() ? words.composer.whileAnswering : null));

  const send = () => {
    if (!ready) return;
    onAsk(text.trim());
    setText('');
  };

  useEffect(() => {
    if (!proposed) return;
    setText(takeProposed());
    field.current?.focus();
  }, [proposed]);
  useEffect(() => growWithText(field.current), [text]);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {filters.length ? (
        <ul class="filters" role="list" aria-label={words.composer.only}>
          {filters.map(({ name, value }) => (
            <li key={`${name} ${value}`} class="filter">
              <span dir="auto" title={shownName(value)}>
                {shownName(value)}
              </span>
              <button
                type="button"
                class="quiet icon"
                aria-label={words.composer.remove(shownName(value))}
                onClick={() => onUnfilter(name, value)}
              >
                <Glyph name="close" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <textarea
        ref={field}
        id="question"
        class="question-field"
        dir="auto"
        rows={1}
        enterkeyhint="send"
        aria-label={words.composer.label}
        aria-describedby={`${id}-said ${id}-hint`}
        aria-invalid={left < 0}
        placeholder={followUp ? words.composer.followUp : words.composer.placeholder}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && busy && !event.isComposing) onStop();
          if (!asksNow(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-row">
        <button
          type="button"
          class={set ? 'quiet icon set' : 'quiet icon'}
          aria-label={set ? words.composer.optionsSet(set) : words.composer.options}
          title={words.composer.options}
          aria-haspopup="dialog"
          onClick={onOptions}
        >
          <Glyph name="options" />
        </button>
        <span id={`${id}-said`} role="status" class={left < 0 ? 'said wrong' : 'said hint'}>
          {said}
        </span>
        <span id={`${id}-hint`} class="hidden">
          {words.composer.hint}
        </span>
        {busy ? (
          <button type="button" class="button" onClick={onStop}>
            <Glyph name="stop" />
            {words.composer.stop}
          </button>
        ) : (
          <button type="submit" class="button primary" aria-disabled={!ready}>
            {words.composer.send}
            <Glyph name="up" />
          </button>
        )}
      </div>
    </form>
  );
});

/** How many of the options are not as the service has them. */
export function optionsSet(options: Options): number {
  const filters = Object.values(options.filter).reduce((sum, values) => sum + values.length, 0);
  return filters + (options.k === null ? 0 : 1) + (options.searchType === null ? 0 : 1);
}

/** For browsers whose fields do not grow by themselves. */
function growWithText(element: HTMLTextAreaElement | null): void {
  if (!element || CSS.supports('field-sizing', 'content')) return;
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}
