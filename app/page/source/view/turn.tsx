/** A question, and the answer to it that is shown. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { isEnded } from '../stream/events';
import { useWords } from '../strings';
import { forksOf, shownAnswer } from '../talk/conversation';
import type { Info, Turn } from '../types';
import { Actions } from './actions';
import { Ending } from './ending';
import { FollowUps } from './follow_ups';
import { FoundLine } from './found_line';
import { Glyph } from './glyph';
import { Measures } from './measures';
import { memo } from './memo';
import { Pager } from './pager';
import { PrintedSources } from './printed_sources';
import { Progress } from './progress';
import { Prose } from './prose';
import { QuestionEditor } from './question_editor';
import type { TurnActions } from './turn_actions';

interface Props {
  turn: Turn;
  last: boolean;
  /** An answer of the conversation is on its way. */
  busy: boolean;
  info: Info | null;
  active: number | null;
  beside: boolean;
  actions: TurnActions;
}

export const TurnView = memo(function TurnView({ turn, last, busy, info, active, beside, actions }: Props) {
  const words = useWords();
  const id = useId();
  const [editing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const answer = shownAnswer(turn);
  const ended = isEnded(answer);
  const forks = forksOf(turn);
  const { standalone = '', by = 'none' } = answer.question ?? {};
  const searched = by !== 'none' && standalone && standalone !== turn.question ? standalone : null;
  const look = useRef(actions);
  look.current = actions;
  const finishEditing = () => {
    setEditing(false);
    // The pencil is there again after this.
    requestAnimationFrame(() => pencil.current?.focus());
  };

  useEffect(() => setEditing(false), [turn.question]);

  return (
    <article class="turn" aria-labelledby={id} data-turn={turn.id}>
      <div class="asked">
        {editing ? (
          <QuestionEditor
            question={turn.question}
            most={info?.questionChars ?? 10_000}
            busy={busy}
            onCancel={finishEditing}
            onAsk={(question) => {
              setEditing(false);
              actions.edit(turn.id, question);
            }}
          />
        ) : null}
        <h2 id={id} dir="auto" class={editing ? 'hidden' : undefined}>
          {turn.question}
        </h2>
        {editing ? null : (
          <button
            ref={pencil}
            type="button"
            class="quiet icon"
            aria-label={words.turn.edit}
            title={words.turn.edit}
            disabled={busy}
            onClick={() => setEditing(true)}
          >
            <Glyph name="edit" />
          </button>
        )}
      </div>
      {forks.count > 1 ? (
        <Pager
          shown={forks.shown}
          count={forks.count}
          name={words.turn.wordingOf}
          previous={words.turn.previousWording}
          next={words.turn.nextWording}
          disabled={busy}
          onShow={(n) => actions.showFork(turn.id, n)}
        />
      ) : null}
      {searched ? (
        <p class="said-before">
          {words.turn.searchedFor} <q dir="auto">{searched}</q>
        </p>
      ) : null}
      <FoundLine
        passages={answer.passages}
        named={!beside}
        onShow={(passage) => actions.showSources(turn.id, passage)}
      />
      <h3 class="hidden">{words.turn.answer}</h3>
      {answer.text && answer.stage !== 'abstained' ? (
        <Prose
          answer={answer}
          ended={ended}
          active={active}
          beside={beside}
          onLook={(n, chip) => look.current.look(turn.id, n, chip)}
          onOpen={(n, chip) => look.current.open(turn.id, n, chip)}
          onGoTo={(n, chip) => look.current.goTo(turn.id, n, chip)}
        />
      ) : null}
      <Progress answer={answer} model={info?.model ?? null} />
      {ended ? (
        <>
          <Ending answer={answer} quotes={info?.model.quotes ?? false} busy={busy} onAgain={() => actions.again(turn.id)} />
          <Actions turn={turn} answer={answer} busy={busy} info={info} actions={actions} />
          <Measures answer={answer} />
          <PrintedSources question={turn.question} answer={answer} />
        </>
      ) : null}
      {last && ended ? <FollowUps questions={answer.suggestions} disabled={busy} onAsk={actions.ask} /> : null}
    </article>
  );
});
