/** A conversation that has not begun: what this is, and what can be asked. */

import { useWords } from '../strings';
import type { Info } from '../types';
import { Questions } from './follow_ups';

interface Props {
  info: Info | null;
  closed: boolean;
  onAsk: (question: string) => void;
}

export function Welcome({ info, closed, onAsk }: Props) {
  const words = useWords();
  return (
    <div class="welcome">
      <h1>{words.welcome.heading}</h1>
      <p>{words.welcome.text(info?.documents ?? null)}</p>
      {info?.model.quotes ? <p>{words.welcome.quotes}</p> : null}
      {info?.ready && info.examples.length ? (
        <>
          <h2>{words.welcome.examples}</h2>
          <Questions questions={info.examples} disabled={closed} onAsk={onAsk} />
        </>
      ) : null}
    </div>
  );
}
