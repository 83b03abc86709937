/** Which documents are searched in: by their address, or all those of a title. */

import { useEffect, useId, useMemo, useState } from 'preact/hooks';

import { listSources, type Listed } from '../service/sources';
import { useWords } from '../strings';
import type { Options } from '../types';
import { useSettled } from './hooks';
import { shownName } from './passages';

type Filter = Options['filter'];
type By = 'source' | 'title';

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

export function FilterPicker({ filter, onChange }: Props) {
  const words = useWords();
  const id = useId();
  const [by, setBy] = useState<By>(filter.title?.length ? 'title' : 'source');
  const [query, setQuery] = useState('');
  const found = useDocuments(useSettled(query.trim(), 250));
  const chosen = filter[by] ?? [];
  const before = useMemo(() => chosen, [found, by]);
  const offered = offeredOf(before, (found ?? []).map((document) => document[by]), chosen);
  const titles = new Map((found ?? []).map((document) => [document.source, document.title]));

  const choose = (values: string[]) => onChange(values.length ? { [by]: values } : {});
  const change = (next: By) => {
    setBy(next);
    // Both at once would have to hold, which leaves next to nothing.
    onChange({});
  };

  return (
    <fieldset class="picker">
      <legend class="label">{words.options.filters}</legend>
      <div class="row">
        {(['source', 'title'] as const).map((each) => (
          <label key={each} class="choice">
            <input type="radio" name={`${id}-by`} checked={by === each} onChange={() => change(each)} />
            {words.options.by[each]}
          </label>
        ))}
      </div>
      <input
        type="search"
        class="field"
        dir="auto"
        autoComplete="off"
        aria-label={words.options.find}
        placeholder={words.options.find}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <ul class="picks" role="list" aria-busy={found === null}>
        {offered.map((value) => (
          <li key={value}>
            <label class="choice">
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                onChange={(event) =>
                  choose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
                }
              />
              <span dir="auto">
                {by === 'source' && titles.get(value) && titles.get(value) !== value ? (
                  <>
                    {shownName(titles.get(value) ?? '')} <small>{shownName(value)}</small>
                  </>
                ) : (
                  shownName(value)
                )}
              </span>
            </label>
          </li>
        ))}
      </ul>
      <p class="hint" role="status">
        {found === null
          ? words.options.searching
          : found.length
            ? words.options.chosen(chosen.length, by)
            : words.options.nothing}
      </p>
    </fieldset>
  );
}

/**
 * What can be chosen: first what was chosen `before` the others were found, then those. What is
 * chosen now stays where it is: an element that is moved loses the focus.
 */
export function offeredOf(before: string[], found: string[], chosen: string[]): string[] {
  const others = new Set(found);
  return [...new Set([...before.filter((value) => !others.has(value)), ...found, ...chosen])];
}

/** The first documents with these words; null until they are there. */
function useDocuments(query: string): Listed[] | null {
  const [found, setFound] = useState<Listed[] | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    listSources(query, 1, gone.signal).then(
      (list) => setFound(list.documents),
      () => {
        if (!gone.signal.aborted) setFound([]);
      },
    );
    return () => gone.abort();
  }, [query]);
  return found;
}
