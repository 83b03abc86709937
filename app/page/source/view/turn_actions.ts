/** What can be done from a question and its answer. */

import { linkToAnswer, type Place } from '../talk/address';
import { shownAnswer } from '../talk/conversation';
import type { Turn } from '../types';
import { addressOf } from './addresses';
import { turnToTop } from './scroll';
import type { Talks } from './talks';
import type { LookingActions } from './use_looking';

/** What can be done from a turn; the same object as long as the page lives. */
export interface TurnActions {
  ask: (question: string) => void;
  edit: (turnId: string, question: string) => void;
  again: (turnId: string) => void;
  showAnswer: (turnId: string, n: number) => void;
  showFork: (turnId: string, n: number) => void;
  rate: (turn: Turn, score: -1 | 0 | 1, comment: string) => Promise<void>;
  link: (turn: Turn) => string;
  look: (turnId: string, citation: number, chip: HTMLElement) => void;
  open: (turnId: string, citation: number, chip: HTMLElement) => void;
  goTo: (turnId: string, citation: number, chip: HTMLElement) => void;
  showSources: (turnId: string, passage: number | null) => void;
}

interface Around {
  talks: Talks;
  look: LookingActions;
  go: (place: Place, replace?: boolean) => void;
  /** The focus goes to where the next question is written. */
  toField: () => void;
  /** The sources are beside the answer; else they are in a sheet. */
  isBeside: () => boolean;
  openSources: () => void;
}

export function turnActions({ talks, look, go, toField, isBeside, openSources }: Around): TurnActions {
  const begun = () => {
    look.away();
    const { id, turns } = talks.conversation;
    go({ kind: 'conversation', id, turn: null, question: null }, turns.length > 1);
    const last = turns.at(-1);
    if (last) requestAnimationFrame(() => turnToTop(last.id));
    toField();
  };
  return {
    ask: (question) => {
      talks.ask(question);
      begun();
    },
    edit: (turnId, question) => {
      talks.edit(turnId, question);
      begun();
    },
    again: (turnId) => {
      talks.again(turnId);
      begun();
    },
    showAnswer: talks.showAnswer,
    showFork: talks.showFork,
    rate: talks.rate,
    link: (turn) => linkToAnswer(location.href, talks.conversation, turn),
    look: look.citation,
    open: (turnId, n, chip) => {
      look.citation(turnId, n, chip);
      if (isBeside()) openSource(talks, turnId, n);
      else openSources();
    },
    goTo: (turnId, n, chip) => {
      look.citation(turnId, n, chip);
      if (!isBeside()) openSources();
      look.enter();
    },
    showSources: (turnId, passage) => {
      look.passage(turnId, passage);
      if (isBeside()) look.enter();
      else openSources();
    },
  };
}

/** In a window of its own, where the quote is. */
function openSource(talks: Talks, turnId: string, n: number): void {
  const turn = talks.conversation.turns.find((each) => each.id === turnId);
  const answer = turn && shownAnswer(turn);
  const citation = answer?.citations[n];
  const passage = citation && answer.passages[citation.document];
  const address = passage && addressOf(passage, citation);
  if (address) window.open(address, '_blank', 'noopener,noreferrer');
}
