/**
 * The conversation that is shown, and the answers that are on their way: also those of
 * conversations that were left meanwhile. What changes is told to who listens.
 */

import { giveFeedback } from '../service/feedback';
import { isEnded } from '../stream/events';
import { ask, comeBack, type Running } from '../stream/request';
import { browser, type Surroundings } from '../stream/surroundings';
import {
  again,
  answered,
  asked,
  chooseAnswer,
  chooseFork,
  edited,
  newConversation,
  underWay,
} from '../talk/conversation';
import { questionFor } from '../talk/history';
import { saver, type Saver, type Storage } from '../talk/storage';
import type { Answer, Conversation, Info, Options, Turn } from '../types';

/** A conversation with an answer on its way. */
interface Live {
  conversation: Conversation;
  /** Null until it has begun, which may be its end, too. */
  running: Running | null;
  saver: Saver | null;
}

export const NO_OPTIONS: Options = { k: null, searchType: null, filter: {} };

export class Talks {
  conversation: Conversation;
  options: Options = NO_OPTIONS;
  /** A question that a link has brought, for the reader to ask or not: the field takes it. */
  proposed = '';
  storage: Storage | null = null;
  info: Info | null = null;
  #around: Surroundings;
  #live = new Map<string, Live>();
  #listeners = new Set<() => void>();

  constructor(around: Surroundings = browser) {
    this.#around = around;
    this.conversation = newConversation(Date.now(), false);
  }

  listen = (run: () => void): (() => void) => {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  };

  /** An answer of the shown conversation is on its way. */
  get busy(): boolean {
    return this.#live.has(this.conversation.id);
  }

  startNew = (): void => {
    this.conversation = newConversation(Date.now(), this.info?.sessions ?? false);
    this.#tell();
  };

  /** Shows a conversation; answers that were on their way when it was put away go on. */
  open = (conversation: Conversation): void => {
    const live = this.#live.get(conversation.id);
    this.conversation = live?.conversation ?? conversation;
    if (!live) for (const { turnId, n, answer } of underWay(conversation)) this.#goOn(turnId, n, answer);
    this.#tell();
  };

  ask = (question: string): void => {
    if (this.busy) return;
    if (!this.conversation.turns.length) this.startNew();
    this.#begin(asked(this.conversation, question, Date.now()), this.conversation.turns.length);
  };

  edit = (turnId: string, question: string): void => {
    const at = this.#placeOf(turnId);
    if (!this.busy && at >= 0) this.#begin(edited(this.conversation, turnId, question, Date.now()), at);
  };

  again = (turnId: string): void => {
    const at = this.#placeOf(turnId);
    if (!this.busy && at >= 0) this.#begin(again(this.conversation, turnId, Date.now()), at);
  };

  /** A link asks nothing by itself: it may be anybody's. */
  propose = (question: string): void => {
    this.proposed = question;
    this.startNew();
  };

  /** What was proposed, once. */
  takeProposed = (): string => {
    const { proposed } = this;
    this.proposed = '';
    this.#tell();
    return proposed;
  };

  stop = (): void => this.#live.get(this.conversation.id)?.running?.stop();

  showAnswer = (turnId: string, n: number): void =>
    this.#change(chooseAnswer(this.conversation, turnId, n));

  showFork = (turnId: string, n: number): void => this.#change(chooseFork(this.conversation, turnId, n));

  setOptions = (options: Options): void => {
    this.options = options;
    this.#tell();
  };

  /** Rejects with a ServiceError where the service does not keep it. */
  rate = async (turn: Turn, score: -1 | 0 | 1, comment: string): Promise<void> => {
    const { id } = this.conversation;
    const n = turn.shown;
    const answer = turn.answers[n];
    if (!answer?.runId) return;
    await giveFeedback(answer.runId, score, comment);
    if (this.conversation.id !== id) return;
    const rated = { ...answer, feedback: { score, comment } };
    this.#change(answered(this.conversation, turn.id, n, rated, Date.now()));
  };

  /** A conversation with an answer on its way, by its id or that of its session. */
  live = (id: string): Conversation | null => {
    const all = [...this.#live.values()].map(({ conversation }) => conversation);
    return all.find((each) => each.id === id || each.sessionId === id) ?? null;
  };

  /** Stops what is on its way in a conversation that is about to be removed, and writes no more of it. */
  forget = async (id: string): Promise<void> => {
    const live = this.#live.get(id);
    if (!live) return;
    this.#live.delete(id);
    live.running?.stop();
    await live.saver?.flush();
  };

  /**
   * Another tab has written or removed a conversation (null: all of them). If it is the shown one,
   * what is asked next goes on from there, instead of writing over it.
   */
  changedElsewhere = async (id: string | null): Promise<void> => {
    const { conversation, storage } = this;
    if (!storage || !conversation.turns.length || (id !== null && id !== conversation.id)) return;
    const found = await storage.read(conversation.id);
    // What is under way there is taken when it has ended; what is under way here goes on.
    if (this.conversation !== conversation || this.busy || (found && underWay(found).length)) return;
    if (found) {
      this.conversation = found;
      this.#tell();
    } else if (storage.lasting) this.startNew();
  };

  /** All that is not written yet. */
  flush = (): void => {
    for (const live of this.#live.values()) void live.saver?.flush();
  };

  #placeOf(turnId: string): number {
    return this.conversation.turns.findIndex((turn) => turn.id === turnId);
  }

  #begin(conversation: Conversation, at: number): void {
    const turn = conversation.turns[at];
    if (!turn) return;
    const resumeSeconds = this.info?.resumeSeconds ?? 0;
    const question = questionFor(conversation, turn.id, this.options, resumeSeconds);
    this.conversation = conversation;
    this.#follow(turn.id, turn.shown, (onChange) => ask(question, onChange, this.#around));
  }

  #goOn(turnId: string, n: number, answer: Answer): void {
    const resumeSeconds = this.info?.resumeSeconds ?? 0;
    this.#follow(turnId, n, (onChange) => comeBack(answer, resumeSeconds, onChange, this.#around));
  }

  #follow(turnId: string, n: number, start: (onChange: (answer: Answer) => void) => Running): void {
    const { id } = this.conversation;
    const keep = this.storage && saver(this.storage);
    const begun: Live = { conversation: this.conversation, running: null, saver: keep };
    let runId: string | null = null;
    const onChange = (answer: Answer) => {
      const live = this.#live.get(id);
      if (!live) return;
      // The database may have been opened since.
      live.saver ??= this.storage && saver(this.storage);
      live.conversation = answered(live.conversation, turnId, n, answer, Date.now());
      live.saver?.save(live.conversation);
      if (isEnded(answer)) this.#live.delete(id);
      // With the run's id it can be gone on with after a reload: no browser waits for what a page
      // that is left still writes.
      if (isEnded(answer) || answer.runId !== runId) void live.saver?.flush();
      ({ runId } = answer);
      if (this.conversation.id !== id) return;
      this.conversation = live.conversation;
      this.#tell();
    };
    // Before it begins: what cannot be gone on with ends at once.
    this.#live.set(id, begun);
    keep?.save(this.conversation);
    begun.running = start(onChange);
    this.#tell();
  }

  /** A change of the shown conversation that is the reader's. */
  #change(conversation: Conversation): void {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    const live = this.#live.get(conversation.id);
    if (live) live.conversation = conversation;
    else void this.storage?.write(conversation);
    this.#tell();
  }

  #tell(): void {
    for (const run of this.#listeners) run();
  }
}
