/** Why the service cannot be asked, and what helps. */

import { useEffect, useRef } from 'preact/hooks';

import { useWords } from '../strings';
import type { Failure, Info } from '../types';
import { Command } from './command';
import { commandIn, explanationOf, titleOf } from './failure_notice';
import { useMoment } from './hooks';
import type { Service } from './use_service';

/** What keeps a reader from asking; null: nothing. */
export function closedBy(service: Service): 'offline' | 'refused' | 'away' | 'starting' | 'not ready' | null {
  const { info, trouble, online } = service;
  if (trouble) {
    // A service on this machine answers without any network.
    if (!online && trouble.code === 'unreachable') return 'offline';
    if (trouble.code === 'access_refused' || trouble.code === 'host_not_allowed') return 'refused';
    if (trouble.code === 'shutting_down' || trouble.code === 'starting') return 'starting';
    return info?.ready && trouble.code !== 'unreachable' ? null : 'away';
  }
  if (!info || info.ready) return info ? null : 'starting';
  return info.obstacles.length && info.obstacles[0]?.code !== 'starting' ? 'not ready' : 'starting';
}

export function ObstacleNotice({ service }: { service: Service }) {
  const words = useWords();
  const closed = closedBy(service);
  const before = useRef(closed);
  const [back, sayBack] = useMoment(4_000);

  useEffect(() => {
    if (closed === null && (before.current === 'offline' || before.current === 'away')) sayBack();
    before.current = closed;
  }, [closed]);

  switch (closed) {
    case 'offline':
      return <Said heading={words.service.offline} text={words.service.offlineText} />;
    case 'away':
      return <Said heading={words.service.away} text={words.service.awayText} failure={service.trouble} />;
    case 'starting':
      return service.info || service.trouble ? (
        <Said heading={words.service.starting} text={words.service.startingText} />
      ) : null;
    case 'refused':
      return service.trouble ? <Refused failure={service.trouble} /> : null;
    case 'not ready':
      return service.info ? <NotReady obstacles={service.info.obstacles} /> : null;
    default:
      return back ? (
        <p class="notice" role="status">
          {words.service.back}
        </p>
      ) : null;
  }
}

function Said({ heading, text, failure }: { heading: string; text: string; failure?: Failure | null }) {
  const words = useWords();
  return (
    <div class="notice warning" role="status">
      <p>
        <strong>{heading}</strong>
      </p>
      <p>{text}</p>
      {failure ? <p class="hint">{words.failed.code(failure.code, failure.status)}</p> : null}
    </div>
  );
}

function Refused({ failure }: { failure: Failure }) {
  const words = useWords();
  const title = titleOf(failure, words.failed.titles);
  return (
    <div class="notice danger" role="status">
      <p>
        <strong>{words.failed.titles[title]}</strong>
      </p>
      <p>{explanationOf(title, words) ?? failure.message}</p>
      <div class="row">
        <button type="button" class="button" onClick={() => location.reload()}>
          {words.failed.reload}
        </button>
        <span class="hint">{words.failed.code(failure.code, failure.status)}</span>
      </div>
    </div>
  );
}

function NotReady({ obstacles }: { obstacles: Info['obstacles'] }) {
  const words = useWords();
  return (
    <div class="notice warning" role="status">
      {obstacles.map(({ code, message, command }) => {
        const run = command ?? commandIn(message);
        const empty = code === 'index_empty';
        const titles: Record<string, string> = words.failed.titles;
        return (
          <div key={code} class="obstacle">
            <p>
              <strong>{titles[code] ?? words.service.notReady}</strong>
            </p>
            {empty ? (
              <p>{words.service.emptyText}</p>
            ) : (
              <p dir="auto" lang="en">
                {message}
              </p>
            )}
            {run ? (
              <>
                <p>{words.service.runThis}</p>
                <Command text={run} />
              </>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
