/** What answers here, and from what. */

import { ago, useWords, type Strings } from '../strings';
import type { Info } from '../types';
import { useMedia, useNow } from './hooks';

/** What there is to say, the most telling first. */
function factsOf(info: Info, now: number, words: Strings): string[] {
  const { documents, chunks, ingested, generation } = info;
  return [
    info.model.quotes ? words.status.quotes(info.model.name) : info.model.name,
    ...(documents === null ? [] : [words.status.documents(documents)]),
    ...(chunks === null ? [] : [words.status.chunks(chunks)]),
    ...(ingested === null ? [] : [words.status.ingested(ago(Date.parse(ingested), now, words))]),
    words.status.embeddings(info.embeddings),
    ...(generation === null ? [] : [words.status.generation(generation)]),
  ];
}

export function StatusLine({ info }: { info: Info | null }) {
  const words = useWords();
  const narrow = useMedia('(max-width: 40rem)');
  const now = useNow(60_000);
  if (!info) return null;
  const facts = factsOf(info, now, words);
  const list = (items: string[]) => (
    <ul role="list">
      {items.map((text) => (
        <li key={text}>
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
  return (
    <footer class="status-line" aria-label={words.status.label}>
      {narrow ? (
        <details>
          <summary>{facts.slice(0, 2).join(' · ')}</summary>
          {list(facts.slice(2))}
        </details>
      ) : (
        list(facts)
      )}
    </footer>
  );
}
