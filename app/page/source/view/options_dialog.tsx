/** What the next questions are searched with. */

import { useId, useState } from 'preact/hooks';

import { useWords } from '../strings';
import type { Info, Options } from '../types';
import { Dialog } from './dialog';
import { FilterPicker } from './filter_picker';
import { NO_OPTIONS } from './talks';

interface Props {
  options: Options;
  info: Info | null;
  onChange: (options: Options) => void;
  onClose: () => void;
}

const SEARCH_TYPES = ['hybrid', 'dense', 'lexical'] as const;

export function OptionsDialog({ options, info, onChange, onClose }: Props) {
  const words = useWords();
  const id = useId();
  const most = info?.k.most ?? 100;
  const [k, setK] = useState(options.k === null ? '' : String(options.k));
  const bad = k !== '' && !isCount(k, most);
  const advanced = options.k !== null || options.searchType !== null;

  const changeK = (text: string) => {
    setK(text);
    if (text === '') onChange({ ...options, k: null });
    else if (isCount(text, most)) onChange({ ...options, k: Number(text) });
  };

  return (
    <Dialog heading={words.options.heading} onClose={onClose}>
      <p class="hint">{words.options.text}</p>
      <FilterPicker filter={options.filter} onChange={(filter) => onChange({ ...options, filter })} />
      <details open={advanced}>
        <summary>{words.options.advanced}</summary>
        <div class="fields">
          <div>
            <label class="label" for={`${id}-k`}>
              {words.options.k}
            </label>
            <input
              id={`${id}-k`}
              class="field"
              inputMode="numeric"
              autoComplete="off"
              aria-describedby={`${id}-k-hint`}
              aria-invalid={bad}
              value={k}
              onInput={(event) => changeK(event.currentTarget.value.trim())}
            />
            <p id={`${id}-k-hint`} class={bad ? 'wrong' : 'hint'}>
              {bad ? words.options.kBad(most) : words.options.kHint(info?.k.default ?? 4, most)}
            </p>
          </div>
          <div>
            <label class="label" for={`${id}-search`}>
              {words.options.searchType}
            </label>
            <select
              id={`${id}-search`}
              class="field"
              value={options.searchType ?? ''}
              onChange={(event) => {
                const value = event.currentTarget.value;
                onChange({ ...options, searchType: SEARCH_TYPES.find((type) => type === value) ?? null });
              }}
            >
              <option value="">{words.options.searchTypes.usual}</option>
              {SEARCH_TYPES.map((type) => (
                <option key={type} value={type}>
                  {words.options.searchTypes[type]}
                </option>
              ))}
            </select>
          </div>
        </div>
      </details>
      <div class="dialog-feet">
        <button
          type="button"
          class="button"
          onClick={() => {
            setK('');
            onChange(NO_OPTIONS);
          }}
        >
          {words.options.reset}
        </button>
        <button type="button" class="button primary" onClick={onClose}>
          {words.options.done}
        </button>
      </div>
    </Dialog>
  );
}

function isCount(text: string, most: number): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
}
