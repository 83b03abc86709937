/** Past conversations in this browser. Where it keeps nothing they are kept as long as the page lives. */

import type { Conversation } from '../types';
import { openDatabase, type Database } from './database';

export interface Heading {
  id: string;
  title: string;
  changedAt: number;
  sessionId: string | null;
  left?: string[];
}

export interface Storage {
  /** False: what is written from now on does not outlive this page, which the reader should be told. */
  readonly lasting: boolean;
  /** The latest first. */
  list(): Promise<Heading[]>;
  /** By its id or that of its session. */
  read(id: string): Promise<Conversation | null>;
  /** At most 200 are kept, the oldest go. Never rejects. */
  write(conversation: Conversation): Promise<void>;
  remove(id: string): Promise<void>;
  removeAll(): Promise<void>;
  /** Called when another tab has written or removed one (null: all of them). Gives its end. */
  onChange(run: (id: string | null) => void): () => void;
  /** Hears of other tabs no more. */
  close(): void;
}

export const MOST_CONVERSATIONS = 200;

/** `name`: of the database; services at several paths of one host do not share it. Never rejects. */
export async function openStorage(name = `rag-stream:${location.pathname}`): Promise<Storage> {
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  const listeners = new Set<(id: string | null) => void>();
  others?.addEventListener('message', ({ data }) => {
    for (const run of listeners) run(typeof data === 'string' ? data : null);
  });
  const memory = new Map<string, Conversation>();
  let database: Database | null = null;
  try {
    database = await openDatabase(name);
  } catch {
    // Private windows, sites that may keep nothing, a database of a later release.
  }

  /** What the database gives; where it fails, from now on there is only the memory. */
  async function kept<T>(run: (database: Database) => Promise<T>, otherwise: T): Promise<T> {
    if (database === null) return otherwise;
    try {
      return await run(database);
    } catch {
      database = null;
      return otherwise;
    }
  }

  return {
    get lasting() {
      return database !== null;
    },
    async list() {
      const headings = new Map<string, Heading>();
      for (const each of await kept((from) => from.list(), [])) headings.set(each.id, each);
      for (const each of memory.values()) headings.set(each.id, headingOf(each));
      return [...headings.values()].sort((a, b) => b.changedAt - a.changedAt);
    },
    async read(id) {
      const here = memory.get(id) ?? [...memory.values()].find(({ sessionId }) => sessionId === id);
      return here ?? (await kept((from) => from.read(id), null));
    },
    async write(conversation) {
      await kept((to) => to.write(conversation, headingOf(conversation), MOST_CONVERSATIONS), undefined);
      if (database !== null) others?.postMessage(conversation.id);
      else {
        memory.set(conversation.id, conversation);
        bound(memory);
      }
    },
    async remove(id) {
      memory.delete(id);
      await kept((from) => from.remove(id), undefined);
      others?.postMessage(id);
    },
    async removeAll() {
      memory.clear();
      await kept((from) => from.removeAll(), undefined);
      others?.postMessage(null);
    },
    onChange(run) {
      listeners.add(run);
      return () => listeners.delete(run);
    },
    close() {
      others?.close();
    },
  };
}

export interface Saver {
  /** Writes what was given last, at most once a second. */
  save(conversation: Conversation): void;
  /** Writes it now: on `pagehide`, and before another is opened. */
  flush(): Promise<void>;
}

const EVERY_MS = 1_000;

export function saver(storage: Storage): Saver {
  let waiting = new Map<string, Conversation>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const now = [...waiting.values()];
    waiting = new Map();
    await Promise.all(now.map((each) => storage.write(each)));
  }
  return {
    save(conversation) {
      waiting.set(conversation.id, conversation);
      timer ??= setTimeout(() => void flush(), EVERY_MS);
    },
    flush,
  };
}

function headingOf({ id, title, changedAt, sessionId, left }: Conversation): Heading {
  return { id, title, changedAt, sessionId, ...(left ? { left } : {}) };
}

function bound(memory: Map<string, Conversation>): void {
  const old = [...memory.values()].sort((a, b) => b.changedAt - a.changedAt).slice(MOST_CONVERSATIONS);
  for (const { id } of old) memory.delete(id);
}
