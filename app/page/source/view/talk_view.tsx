/** A conversation: its questions and answers, and where the next one is written. */

import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useWords } from '../strings';
import { shownAnswer } from '../talk/conversation';
import type { Conversation, Options } from '../types';
import { Announcer } from './announcer';
import { Composer } from './composer';
import { Glyph } from './glyph';
import { closedBy, ObstacleNotice } from './obstacle';
import { scrolling } from './hooks';
import { StatusLine } from './status_line';
import { TurnView } from './turn';
import type { TurnActions } from './turn_actions';
import type { Looking } from './use_looking';
import type { Service } from './use_service';
import { Welcome } from './welcome';

interface Props {
  conversation: Conversation;
  busy: boolean;
  /** A link led to a conversation that is nowhere. */
  missing: boolean;
  service: Service;
  options: Options;
  proposed: string;
  looking: Looking;
  beside: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  actions: TurnActions;
  onStop: () => void;
  takeProposed: () => string;
  onOptions: () => void;
  onUnfilter: (field: string, value: string) => void;
}

export function TalkView(props: Props) {
  const { conversation, busy, missing, service, options, looking, beside, field, actions } = props;
  const words = useWords();
  const { info } = service;
  const { turns } = conversation;
  const closed = closedBy(service);
  const last = turns.at(-1);
  // What may come in the middle of reading has to be in sight; what is all there is to see, is.
  const inDock = turns.length > 0 || (info?.ready ?? false);
  const sayClosed = closed === null ? null : closed === 'offline' ? words.composer.offline : words.composer.notReady;
  return (
    <div class="reading">
      <div class="talk">
        {turns.length ? <h1 class="hidden">{conversation.title}</h1> : null}
        {missing ? (
          <p class="notice warning" role="status">
            {words.history.missing}
          </p>
        ) : null}
        {turns.length ? null : <Welcome info={info} closed={closed !== null || busy} onAsk={actions.ask} />}
        {turns.map((turn) => (
          <TurnView
            key={turn.id}
            turn={turn}
            last={turn === last}
            busy={busy || closed !== null}
            info={info}
            active={looking.turnId === turn.id ? looking.citation : null}
            beside={beside}
            actions={actions}
          />
        ))}
        {inDock ? null : <ObstacleNotice service={service} />}
      </div>
      <div class="dock">
        {inDock ? <ObstacleNotice service={service} /> : null}
        {busy ? <Jump growing={last ? shownAnswer(last).text.length : 0} /> : null}
        <Composer
          field={field}
          followUp={turns.length > 0}
          busy={busy}
          closed={sayClosed}
          most={info?.questionChars ?? 10_000}
          options={options}
          proposed={props.proposed}
          takeProposed={props.takeProposed}
          onAsk={actions.ask}
          onStop={props.onStop}
          onOptions={props.onOptions}
          onUnfilter={props.onUnfilter}
        />
        <StatusLine info={info} />
      </div>
      <Announcer answer={last ? shownAnswer(last) : null} model={info?.model ?? null} />
    </div>
  );
}

/** To the words that come: there while they are out of sight, for nobody is taken there unasked. */
function Jump({ growing }: { growing: number }) {
  const words = useWords();
  const [below, setBelow] = useState(false);
  const timer = useRef(0);

  useEffect(() => {
    const look = () => {
      // At most a few times a second: this asks for the page's layout.
      timer.current ||= window.setTimeout(() => {
        timer.current = 0;
        const { scrollHeight } = document.documentElement;
        setBelow(scrollHeight - scrollY - innerHeight > 120 && proseIsBelow());
      }, 250);
    };
    look();
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, [growing]);

  useEffect(() => () => clearTimeout(timer.current), []);

  if (!below) return null;
  return (
    <button
      type="button"
      class="button jump"
      aria-label={words.turn.jump}
      title={words.turn.jump}
      onClick={() => scrollTo({ top: document.documentElement.scrollHeight, behavior: scrolling() })}
    >
      <Glyph name="down" />
    </button>
  );
}

function proseIsBelow(): boolean {
  const blocks = document.querySelectorAll('.turn:last-child .prose > .block');
  const end = blocks[blocks.length - 1]?.getBoundingClientRect();
  const dock = document.querySelector('.dock')?.getBoundingClientRect();
  return Boolean(end && dock && end.bottom > dock.top);
}
