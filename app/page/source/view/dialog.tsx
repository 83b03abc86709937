/** A dialog over the page: the focus goes in, stays, and comes back; Escape and a click beside it close it. */

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import { useWords } from '../strings';
import { Glyph } from './glyph';

interface Props {
  heading: string;
  kind?: 'sheet' | 'drawer' | '';
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ heading, kind = '', onClose, children }: Props) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  // As it is placed: what is to have the focus in it takes it after this.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // Once this is gone: until then nothing else takes the focus.
      queueMicrotask(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={kind}
      aria-labelledby={id}
      onClose={onClose}
      onMouseDown={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-head">
        <h2 id={id} tabIndex={-1}>
          {heading}
        </h2>
        <button type="button" class="quiet icon" aria-label={words.header.close} onClick={() => dialog.current?.close()}>
          <Glyph name="close" />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
