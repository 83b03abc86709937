/** What can be done with an answer. */

import { useRef, useState } from 'preact/hooks';

import { useWords } from '../strings';
import { answerAsMarkdown } from '../talk/exporting';
import type { Answer, Info, Turn } from '../types';
import { copyText } from './clipboard';
import { endingElsewhere } from './endings';
import { Glyph, type GlyphName } from './glyph';
import { useMoment } from './hooks';
import { Pager } from './pager';
import type { TurnActions } from './turn_actions';
import { Verdict } from './verdict';

interface Props {
  turn: Turn;
  answer: Answer;
  busy: boolean;
  info: Info | null;
  actions: TurnActions;
}

export function Actions({ turn, answer, busy, info, actions }: Props) {
  const words = useWords();
  const thumbs = useRef<HTMLDivElement>(null);
  const [rating, setRating] = useState<-1 | 1 | null>(null);
  const rateable = info?.feedback && answer.runId && answer.stage !== 'failed';
  const score = answer.feedback?.score ?? 0;
  const kept = Boolean(answer.status?.session?.stored);
  return (
    <>
      <div class="actions" ref={thumbs}>
        {turn.answers.length > 1 ? (
          <Pager
            shown={turn.shown}
            count={turn.answers.length}
            name={words.turn.answerOf}
            previous={words.turn.previous}
            next={words.turn.next}
            disabled={busy}
            onShow={(n) => actions.showAnswer(turn.id, n)}
          />
        ) : null}
        {answer.text ? (
          <CopyButton
            glyph="copy"
            label={words.actions.copy}
            text={() => answerAsMarkdown(answer, location.href, (ended) => endingElsewhere(ended, words))}
          />
        ) : null}
        {answer.stage === 'failed' ? null : (
          <button type="button" class="quiet" disabled={busy} onClick={() => actions.again(turn.id)}>
            <Glyph name="again" />
            {words.actions.again}
          </button>
        )}
        <CopyButton
          glyph="link"
          label={words.actions.link}
          title={kept ? words.actions.linkSession : words.actions.linkHint}
          text={() => actions.link(turn)}
        />
        {rateable ? (
          <>
            <Thumb name="good" pressed={score === 1} label={words.actions.good} onPress={() => setRating(1)} />
            <Thumb name="bad" pressed={score === -1} label={words.actions.bad} onPress={() => setRating(-1)} />
          </>
        ) : null}
      </div>
      {rating && rateable ? (
        <Verdict
          key={rating}
          score={rating}
          given={answer.feedback?.comment ?? ''}
          rate={(comment) => actions.rate(turn, rating, comment)}
          onDone={() => {
            setRating(null);
            thumbs.current?.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
          }}
        />
      ) : null}
    </>
  );
}

interface CopyProps {
  glyph: GlyphName;
  label: string;
  title?: string;
  text: () => string;
}

function CopyButton({ glyph, label, title, text }: CopyProps) {
  const words = useWords();
  const [copied, sayCopied] = useMoment();
  const [refused, sayRefused] = useMoment(4_000);
  const copy = async () => ((await copyText(text())) ? sayCopied() : sayRefused());
  return (
    <button type="button" class="quiet" title={title} onClick={() => void copy()}>
      <Glyph name={copied ? 'check' : glyph} />
      <span aria-live="polite">{copied ? words.actions.copied : refused ? words.actions.notCopied : label}</span>
    </button>
  );
}

interface ThumbProps {
  name: 'good' | 'bad';
  label: string;
  pressed: boolean;
  onPress: () => void;
}

function Thumb({ name, label, pressed, onPress }: ThumbProps) {
  return (
    <button type="button" class="quiet icon" aria-label={label} title={label} aria-pressed={pressed} onClick={onPress}>
      <Glyph name={name} />
    </button>
  );
}
