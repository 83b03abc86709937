/** What went wrong, whether asking again helps, and asking again. */

import { useState } from 'preact/hooks';

import { useWords, type Strings } from '../strings';
import type { Failure } from '../types';
import { Command } from './command';
import { useNow } from './hooks';

type Title = keyof Strings['failed']['titles'];

const TITLES: Record<string, Title> = {
  body_timeout: 'timeout',
  connect_timeout: 'timeout',
  retrieval_timeout: 'timeout',
  first_token_timeout: 'timeout',
  token_timeout: 'timeout',
  answer_timeout: 'timeout',
  stop_timeout: 'timeout',
  not_json: 'invalid_input',
  run_not_found: 'gone',
  events_gone: 'gone',
  run_lost: 'gone',
  run_store_unavailable: 'gone',
  resume_unavailable: 'gone',
  broken_off: 'gone',
  session_not_found: 'session',
  session_busy: 'session',
  session_store_unavailable: 'session',
  sessions_off: 'session',
  unreachable: 'network',
};

/** Which words there are for a failure. */
export function titleOf(failure: Failure, titles: Strings['failed']['titles']): Title {
  // Whoever stands in front of the service may refuse in words of its own.
  if (failure.status === 401) return 'unauthorized';
  if (failure.status === 403) return 'forbidden';
  if (failure.status === 421) return 'host_not_allowed';
  const name = TITLES[failure.code] ?? failure.code;
  return name in titles ? (name as Title) : 'other';
}

/** The page's own words for what it is about, where it has some. */
export function explanationOf(title: Title, words: Strings): string | null {
  const texts: Partial<Record<Title, string>> = words.failed.texts;
  return texts[title] ?? null;
}

/** The command that a message of the service names, if it names one. */
export function commandIn(message: string): string | null {
  return /\b(?:python -m \w+|make \w+)(?: --?[\w-]+)*/.exec(message)?.[0] ?? null;
}

interface Props {
  failure: Failure;
  runId: string | null;
  /** There is a part of the answer. */
  partial: boolean;
  busy: boolean;
  onAgain: () => void;
}

export function FailureNotice({ failure, runId, partial, busy, onAgain }: Props) {
  const words = useWords();
  const title = titleOf(failure, words.failed.titles);
  const own = explanationOf(title, words);
  const command = commandIn(failure.message);
  const waits = failure.retryAfter !== null;
  return (
    <div class={failure.retryable ? 'notice warning' : 'notice danger'}>
      <p>
        <strong>{words.failed.titles[title]}</strong>
      </p>
      {own ? <p>{own}</p> : null}
      {failure.message && title !== 'network' ? (
        <p class={own ? 'hint' : undefined} dir="auto" lang="en">
          {failure.message}
        </p>
      ) : null}
      {command ? <Command text={command} /> : null}
      <p>
        {partial ? words.failed.partial + words.page.gap : ''}
        {failure.retryable ? words.failed.again : words.failed.notAgain}
      </p>
      <div class="row">
        {waits ? (
          <RetryAfter seconds={failure.retryAfter ?? 0} busy={busy} onAgain={onAgain} />
        ) : (
          <button type="button" class="button" disabled={busy} onClick={onAgain}>
            {words.failed.retry}
          </button>
        )}
        <span class="hint">
          {words.failed.code(failure.code, failure.status)}
          {runId ? ` · ${words.failed.run(runId)}` : ''}
        </span>
      </div>
    </div>
  );
}

function RetryAfter({ seconds, busy, onAgain }: { seconds: number; busy: boolean; onAgain: () => void }) {
  const words = useWords();
  const [start] = useState(() => Date.now());
  const left = Math.ceil(seconds - (useNow(500) - start) / 1_000);
  return (
    <button type="button" class="button" disabled={busy || left > 0} onClick={onAgain}>
      {left > 0 ? words.failed.retryIn(left) : words.failed.retry}
    </button>
  );
}
