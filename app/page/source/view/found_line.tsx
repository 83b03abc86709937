/** What was found, before the first word of the answer. */

import { useWords } from '../strings';
import type { Passage } from '../types';
import { Glyph } from './glyph';
import { memo } from './memo';
import { documentsOf, nameOf } from './passages';

const NAMED = 3;

interface Props {
  passages: Passage[];
  /** The documents by name, too, where the passages are not beside it. */
  named: boolean;
  onShow: (passage: number | null) => void;
}

export const FoundLine = memo(function FoundLine({ passages, named, onShow }: Props) {
  const words = useWords();
  if (!passages.length) return null;
  const documents = documentsOf(passages);
  const rest = documents.length - NAMED;
  return (
    <div class="found-line">
      {named ? (
        <>
          {documents.slice(0, NAMED).map(({ passage, n }) => (
            <button key={n} type="button" class="source-name" onClick={() => onShow(n)}>
              <span class="number">{n + 1}</span>
              <span dir="auto">{nameOf(passage)}</span>
            </button>
          ))}
          <button type="button" class="quiet" onClick={() => onShow(null)}>
            {rest > 0 ? words.sources.allAnd(passages.length) : words.sources.show}
          </button>
        </>
      ) : (
        <button type="button" class="quiet flush" onClick={() => onShow(null)}>
          <Glyph name="document" />
          {words.sources.found(passages.length, documents.length)}
        </button>
      )}
    </div>
  );
});
