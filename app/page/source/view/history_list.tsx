/** Past conversations, to go back to or to delete. */

import { useRef, useState } from 'preact/hooks';

import { useWords } from '../strings';
import { hashOf } from '../talk/address';
import type { Past } from '../talk/past';
import { Dialog } from './dialog';
import { Glyph } from './glyph';
import type { PastConversations } from './use_history';

interface Props {
  past: PastConversations;
  current: string;
  /** The service keeps them. */
  kept: boolean;
  /** What this browser keeps outlives the page. */
  lasting: boolean;
  onOpen: () => void;
  onRemove: (past: Past) => Promise<void>;
  onRemoved: (past: Past) => void;
}

export function HistoryList({ past, current, kept, lasting, onOpen, onRemove, onRemoved }: Props) {
  const words = useWords();
  const [removing, setRemoving] = useState<Past | null>(null);
  const [failed, setFailed] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const days = [
    { heading: words.history.today, all: past.all.filter(({ changedAt }) => changedAt >= midnight) },
    { heading: words.history.earlier, all: past.all.filter(({ changedAt }) => changedAt < midnight) },
  ];

  const remove = async (which: Past) => {
    try {
      await onRemove(which);
      await past.remove(which);
      setFailed(false);
      onRemoved(which);
    } catch {
      // The service's or the browser's: it is still there.
      setFailed(true);
    }
    setRemoving(null);
    place.current?.focus();
  };

  return (
    <div class="history" ref={place} tabIndex={-1}>
      {lasting || kept ? null : <p class="hint">{words.history.notLasting}</p>}
      {past.all.length || !(lasting || kept) ? null : <p class="hint">{kept ? words.history.noneKept : words.history.none}</p>}
      {days.map(({ heading, all }) =>
        all.length ? (
          <section key={heading}>
            <h3>{heading}</h3>
            <ul role="list">
              {all.map((each) => {
                const title = each.title || words.history.untitled;
                return (
                  <li key={each.id}>
                    <a
                      href={hashOf({ kind: 'conversation', id: each.id, turn: null, question: null })}
                      aria-current={each.id === current ? 'page' : undefined}
                      dir="auto"
                      title={title}
                      onClick={onOpen}
                    >
                      {title}
                    </a>
                    <button
                      type="button"
                      class="quiet icon"
                      aria-label={words.history.remove(title)}
                      onClick={() => setRemoving(each)}
                    >
                      <Glyph name="remove" />
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ) : null,
      )}
      {past.more ? (
        <button type="button" class="quiet" onClick={past.more}>
          {words.history.more}
        </button>
      ) : null}
      {past.failed ? <p class="hint">{words.history.failed}</p> : null}
      {failed ? (
        <p class="wrong" role="status">
          {words.history.removeFailed}
        </p>
      ) : null}
      {removing ? (
        <Dialog heading={words.history.removeHeading} onClose={() => setRemoving(null)}>
          <p dir="auto">{words.history.removeText(removing.title || words.history.untitled)}</p>
          <div class="dialog-feet">
            <button type="button" class="button" onClick={() => setRemoving(null)}>
              {words.history.removeNo}
            </button>
            <button type="button" class="button danger" onClick={() => void remove(removing)}>
              {words.history.removeYes}
            </button>
          </div>
        </Dialog>
      ) : null}
    </div>
  );
}
