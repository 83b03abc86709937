import 'fake-indexeddb/auto';

import assert from 'node:assert/strict';
import test, { after } from 'node:test';

import { asked, newConversation } from '../talk/conversation';
import { MOST_CONVERSATIONS, openStorage, saver, type Storage } from '../talk/storage';
import type { Conversation } from '../types';

const opened: Storage[] = [];
after(() => opened.forEach((storage) => storage.close()));

async function open(name: string): Promise<Storage> {
  const storage = await openStorage(name);
  opened.push(storage);
  return storage;
}

function conversation(changedAt: number, sessionId: string | null = null): Conversation {
  return { ...asked(newConversation(changedAt, false), `Q${changedAt}`, changedAt), sessionId };
}

test('what is written is read again, also by another page', async () => {
  const [one, two] = [await open('a'), await open('a')];
  assert.ok(one.lasting);
  const kept = conversation(1, 's');
  await one.write(kept);
  assert.deepEqual(await two.read(kept.id), kept);
  assert.deepEqual(await two.read('s'), kept);
  assert.equal(await two.read('none'), null);
  assert.deepEqual(await two.list(), [{ id: kept.id, title: 'Q1', changedAt: 1, sessionId: 's' }]);
  await one.write({ ...kept, sessionId: null, left: ['s'] });
  assert.deepEqual((await two.list())[0]?.left, ['s']);
  await two.remove(kept.id);
  assert.deepEqual(await one.list(), []);
  assert.equal(await one.read(kept.id), null);
});

test('the latest come first, and of too many the oldest go', async () => {
  const storage = await open('b');
  const all = Array.from({ length: MOST_CONVERSATIONS + 5 }, (_, n) => conversation(n + 1));
  for (const each of all) await storage.write(each);
  const list = await storage.list();
  assert.equal(list.length, MOST_CONVERSATIONS);
  assert.equal(list[0]?.changedAt, MOST_CONVERSATIONS + 5);
  assert.equal(list.at(-1)?.changedAt, 6);
  assert.equal(await storage.read(all[0]?.id ?? ''), null);
  await storage.removeAll();
  assert.deepEqual(await storage.list(), []);
});

test('services at other paths do not share it', async () => {
  const [one, other] = [await open('c'), await open('d')];
  await one.write(conversation(1));
  assert.deepEqual(await other.list(), []);
});

test('other tabs are told, this one is not', async () => {
  const [one, two] = [await open('e'), await open('e')];
  const told: (string | null)[] = [];
  one.onChange(() => told.push('mine'));
  const heard = new Promise<string | null>((resolve) => void two.onChange(resolve));
  const kept = conversation(1);
  await one.write(kept);
  assert.equal(await heard, kept.id);
  assert.deepEqual(told, []);
});

test('where nothing may be kept it is kept as long as the page, and it is said', async () => {
  const real = indexedDB.open;
  indexedDB.open = () => {
    throw new DOMException('not allowed', 'SecurityError');
  };
  try {
    const storage = await open('f');
    assert.equal(storage.lasting, false);
    const kept = conversation(1, 's');
    await storage.write(kept);
    assert.equal(await storage.read(kept.id), kept);
    assert.equal(await storage.read('s'), kept);
    assert.equal((await storage.list()).length, 1);
    await storage.remove(kept.id);
    assert.deepEqual(await storage.list(), []);
  } finally {
    indexedDB.open = real;
  }
});

test('a database of a later release is left alone', async () => {
  await new Promise<void>((resolve) => {
    const request = indexedDB.open('g', 99);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  assert.equal((await open('g')).lasting, false);
});

test('what cannot be written is kept here, and it is said', async () => {
  const storage = await open('h');
  const kept = { ...conversation(1), turns: [() => undefined] as never };
  await storage.write(kept);
  assert.equal(storage.lasting, false);
  assert.equal(await storage.read(kept.id), kept);
});

/** The next of these calls fail as on a full disk, until it is called off. */
function fails(name: 'put' | 'delete', times: number): () => void {
  const store = IDBObjectStore.prototype as unknown as Record<string, (...given: unknown[]) => unknown>;
  const real = store[name];
  assert.ok(real);
  store[name] = function (this: unknown, ...given) {
    if (times-- > 0) throw new DOMException('full', 'QuotaExceededError');
    return Reflect.apply(real, this, given);
  };
  return () => void (store[name] = real);
}

test('on a full disk the oldest go for what is new, or nothing does', async () => {
  const [storage, other] = [await open('j'), await open('j')];
  for (let n = 1; n <= 30; n++) await storage.write(conversation(n));
  const kept = conversation(31);
  const free = fails('put', Infinity);
  await storage.write(kept);
  free();
  assert.equal(storage.lasting, false);
  assert.equal((await other.list()).length, 30);
  assert.equal((await storage.list()).length, 31);
  assert.equal(storage.lasting, false);

  const freed = fails('put', 1);
  await storage.write(kept);
  freed();
  assert.equal(storage.lasting, true);
  const left = (await other.list()).map(({ changedAt }) => changedAt);
  assert.deepEqual([left.length, left[0], left.at(-1)], [11, 31, 21]);
});

test('what could not be removed is still there, and it is said', async () => {
  const storage = await open('k');
  const kept = conversation(1);
  await storage.write(kept);
  const mend = fails('delete', 1);
  await assert.rejects(storage.remove(kept.id));
  mend();
  assert.equal((await storage.list()).length, 1);
  await storage.remove(kept.id);
  assert.deepEqual(await storage.list(), []);
});

test('it is written once for many changes, and at once when the page goes', async () => {
  const storage = await open('i');
  let written = 0;
  const to = saver({ ...storage, write: async () => void written++ });
  const [one, two] = [conversation(1), conversation(2)];
  for (let n = 0; n < 9; n++) to.save(one);
  to.save(two);
  assert.equal(written, 0);
  await to.flush();
  assert.equal(written, 2);
  await to.flush();
  assert.equal(written, 2);
});
