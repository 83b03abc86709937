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
  /** False: something of what is here does not outlive this page, which the reader should be told. */
  readonly lasting: boolean;
  /** The latest first. */
  list(): Promise<Heading[]>;
  /** By its id or that of its session. */
  read(id: string): Promise<Conversation | null>;
  /** At most 200 are kept, the oldest go. Never rejects: what the browser does not take stays here. */
  write(conversation: Conversation): Promise<void>;
  /** Rejects where the browser fails: it is still there then. */
  remove(id: string): Promise<void>;
  /** Rejects as `remove`. */
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

  let failing = false;

  /** What the database gives. It may fail once, as on a full disk, and not again. */
  async function kept<T>(run: (database: Database) => Promise<T>, otherwise: T): Promise<T> {
    if (database === null) return otherwise;
    try {
      const given = await run(database);
      failing = false;
      return given;
    } catch {
      failing = true;
      return otherwise;
    }
  }

  return {
    get lasting() {
      return database !== null && !failing && memory.size === 0;
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
      const { id } = conversation;
      const write = async (to: Database): Promise<boolean> => {
        await to.write(conversation, headingOf(conversation), MOST_CONVERSATIONS);
        return true;
      };
      if (await kept(write, false)) {
        memory.delete(id);
        others?.postMessage(id);
      } else {
        memory.set(id, conversation);
        bound(memory);
      }
    },
    async remove(id) {
      await database?.remove(id);
      memory.delete(id);
      others?.postMessage(id);
    },
    async removeAll() {
      await database?.removeAll();
      memory.clear();
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
