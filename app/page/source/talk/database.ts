/** Conversations in IndexedDB: the edge to it. All of its methods reject where the browser fails. */

import type { Conversation } from '../types';
import type { Heading } from './storage';

export interface Database {
  list(): Promise<Heading[]>;
  read(id: string): Promise<Conversation | null>;
  write(conversation: Conversation, heading: Heading, most: number): Promise<void>;
  remove(id: string): Promise<void>;
  removeAll(): Promise<void>;
}

/**
 * Each version's step from the one before it. A version that was released is never changed: what
 * is new is one step more.
 */
const STEPS: ((database: IDBDatabase) => void)[] = [
  (database) => {
    // Lists are made from headings: conversations are large.
    const headings = database.createObjectStore('headings', { keyPath: 'id' });
    headings.createIndex('changedAt', 'changedAt');
    headings.createIndex('sessionId', 'sessionId');
    database.createObjectStore('conversations', { keyPath: 'id' });
  },
];
const STORES = ['headings', 'conversations'];
/** On a full disk as many old ones are given up for the new one. */
const GIVEN_UP = 20;

export async function openDatabase(name: string): Promise<Database> {
  let open: IDBDatabase | null = await opened(name);

  async function transaction<T>(
    mode: IDBTransactionMode,
    run: (headings: IDBObjectStore, conversations: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    open ??= await opened(name);
    const database = open;
    // A later release in another tab wants to change it: the next use opens it anew, or fails.
    const close = (): void => {
      database.close();
      if (open === database) open = null;
    };
    database.onversionchange = close;
    database.onclose = close;
    const change = database.transaction(STORES, mode, { durability: 'relaxed' });
    const done = finished(change);
    done.catch(() => undefined); // it is waited for below
    const [headings, conversations] = STORES.map((store) => change.objectStore(store));
    try {
      const given = await run(headings as IDBObjectStore, conversations as IDBObjectStore);
      await done;
      return given;
    } catch (error) {
      takeBack(change);
      // One of the two tells why, the other that there was a failure.
      await done.catch((reason: unknown) => {
        throw reason ?? error;
      });
      throw error;
    }
  }

  async function write(
    conversation: Conversation,
    heading: Heading,
    most: number,
    givenUp: number,
  ): Promise<void> {
    await transaction('readwrite', async (headings, conversations) => {
      // With the writing: where even that makes no room for it, nothing is given up.
      if (givenUp > 0) await removeOldest(headings, conversations, givenUp);
      conversations.put(conversation);
      headings.put(heading);
      const count = await asked(headings.count());
      if (count > most) await removeOldest(headings, conversations, count - most);
    });
  }

  return {
    async list() {
      return transaction('readonly', (headings) => asked<Heading[]>(headings.getAll()));
    },
    async read(id) {
      return transaction('readonly', async (headings, conversations) => {
        const found = await asked<Conversation | undefined>(conversations.get(id));
        if (found !== undefined) return found;
        const key = await asked(headings.index('sessionId').getKey(id));
        return key === undefined ? null : ((await asked(conversations.get(key))) ?? null);
      });
    },
    async write(conversation, heading, most) {
      try {
        await write(conversation, heading, most, 0);
      } catch (error) {
        if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
        await write(conversation, heading, most, GIVEN_UP);
      }
    },
    async remove(id) {
      await transaction('readwrite', async (...stores) => {
        for (const store of stores) store.delete(id);
      });
    },
    async removeAll() {
      await transaction('readwrite', async (...stores) => {
        for (const store of stores) store.clear();
      });
    },
  };
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, STEPS.length);
    request.onupgradeneeded = ({ oldVersion }) => {
      for (const step of STEPS.slice(oldVersion)) step(request.result);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older version open'));
  });
}

async function removeOldest(
  headings: IDBObjectStore,
  conversations: IDBObjectStore,
  count: number,
): Promise<void> {
  for (const key of await asked(headings.index('changedAt').getAllKeys(null, count))) {
    headings.delete(key);
    conversations.delete(key);
  }
}

/** Nothing of it holds. */
function takeBack(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // Also after an error, which only then is known here.
    transaction.onabort = () => reject(transaction.error);
  });
}
