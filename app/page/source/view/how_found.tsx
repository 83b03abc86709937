/** By which searches a passage was found, and how well. */

import { useWords } from '../strings';
import type { Found, Passage } from '../types';
import { memo } from './memo';
import { shownName } from './passages';

interface Props {
  passage: Passage;
  onOnly: (source: string) => void;
}

export const HowFound = memo(function HowFound({ passage, onOnly }: Props) {
  const words = useWords();
  const { dense, lexical, fused } = passage.found;
  const byMeaning = Boolean(dense && dense.rank !== null);
  const byWords = Boolean(lexical && lexical.rank !== null);
  const summary =
    byMeaning && byWords
      ? words.how.both
      : byMeaning
        ? words.how.denseOnly
        : byWords
          ? words.how.lexicalOnly
          : words.how.heading;
  const others = passage.metadata.also_in;
  return (
    <details>
      <summary>{summary}</summary>
      {dense || lexical || fused || passage.score !== null ? null : <p class="hint">{words.how.unknown}</p>}
      <dl class="how">
        {dense || lexical ? (
          <>
            <dt>{words.how.dense}</dt>
            <dd>
              <Rank found={dense} />
            </dd>
            <dt>{words.how.lexical}</dt>
            <dd>
              <Rank found={lexical} />
            </dd>
          </>
        ) : null}
        {fused ? (
          <>
            <dt>{words.how.fused}</dt>
            <dd>
              <Rank found={fused} />
            </dd>
          </>
        ) : passage.score !== null ? (
          <>
            <dt>{words.how.fused}</dt>
            <dd>{words.how.score(passage.score)}</dd>
          </>
        ) : null}
      </dl>
      {Array.isArray(others) && others.length ? (
        <p class="hint" dir="auto">
          {words.sources.alsoIn(shownName(others.filter((name) => typeof name === 'string').join(', ')))}
        </p>
      ) : null}
      <button type="button" class="quiet" onClick={() => onOnly(passage.source)}>
        {words.sources.only}
      </button>
    </details>
  );
});

function Rank({ found }: { found: Found | undefined }) {
  const words = useWords();
  if (!found) return <>{words.how.not}</>;
  // A rank of null: the other search has proposed it, this one has only weighed it.
  return <>{found.rank === null ? words.how.score(found.score) : words.how.rank(found.rank, found.score)}</>;
}
