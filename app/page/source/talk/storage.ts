/** Past conversations in this browser, in IndexedDB; where that is not allowed, as long as the page lives. */

import type { Conversation } from '../types';

export interface Heading {
  id: string;
  title: string;
  changedAt: number;
  sessionId: string | null;
}

export interface Storage {
  /** False: nothing outlives this page, which the reader should be told. */
  readonly lasting: boolean;
  /** The latest first. */
  list(): Promise<Heading[]>;
  /** By its id or that of its session. */
  read(id: string): Promise<Conversation | null>;
  /** At most 200 are kept, the oldest go. */
  write(conversation: Conversation): Promise<void>;
  remove(id: string): Promise<void>;
  removeAll(): Promise<void>;
  /** Called when another tab has written or removed one (null: all of them). Gives its end. */
  onChange(run: (id: string | null) => void): () => void;
}

export function openStorage(): Promise<Storage> {
  throw new Error('not written yet');
}

/** Writes what is given last, at most once a second; at once with `flush` (on `pagehide`). */
export interface Saver {
  save(conversation: Conversation): void;
  flush(): Promise<void>;
}

export function saver(storage: Storage): Saver {
  throw new Error(`not written yet ${storage}`);
}
