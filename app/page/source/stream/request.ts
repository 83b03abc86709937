/** Asking, and coming back to an answer: the edge to the network. */

import type { Answer, Options } from '../types';

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

/** A question as the service is asked it. */
export interface Question {
  messages: Message[];
  options: Options;
  sessionId: string | null;
  /** For how long the service keeps the answer for who comes back (`Info.resumeSeconds`). */
  resumeSeconds: number;
}

/** An answer on its way. */
export interface Running {
  /** What came stays, as `stopped`; the service is told to stop. */
  stop(): void;
  /** Nobody looks any more: nothing is told, the service goes on where it keeps answers. */
  leave(): void;
  /** The answer as it ended (or was left). Never rejects. */
  readonly done: Promise<Answer>;
}

/** What the browser gives; tests bring their own. */
export interface Surroundings {
  fetch: typeof fetch;
  now(): number;
  random(): number;
  /** Both give a function that calls it off. */
  after(milliseconds: number, run: () => void): () => void;
  nextFrame(run: () => void): () => void;
  isOnline(): boolean;
  onOnline(run: () => void): () => void;
}

/** `onChange` is called at most once a frame, and at last with the answer as it ended. */
export function ask(
  question: Question,
  onChange: (answer: Answer) => void,
  around?: Surroundings,
): Running {
  throw new Error(`not written yet ${question.messages.length} ${onChange} ${around}`);
}

/** Goes on with an answer that is not ended, after a reload of the page. */
export function comeBack(
  answer: Answer,
  resumeSeconds: number,
  onChange: (answer: Answer) => void,
  around?: Surroundings,
): Running {
  throw new Error(`not written yet ${answer.stage} ${resumeSeconds} ${onChange} ${around}`);
}
