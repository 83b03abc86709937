import 'fake-indexeddb/auto';

import assert from 'node:assert/strict';
import test, { after } from 'node:test';

import type { Surroundings } from '../stream/surroundings';
import { answered, asked, newConversation } from '../talk/conversation';
import { openStorage, type Storage } from '../talk/storage';
import type { Conversation, Turn } from '../types';
import { Talks } from '../view/talks';
import { answerOf } from './answers';

const opened: Storage[] = [];
after(() => opened.forEach((storage) => storage.close()));

/** A browser whose service never says anything. */
const SILENT: Surroundings = {
  fetch: () => new Promise(() => undefined),
  now: () => 1,
  random: () => 1,
  after: () => () => undefined,
  nextFrame: () => () => undefined,
  onOnline: () => () => undefined,
  isOnline: () => true,
};

async function tab(): Promise<Storage> {
  const storage = await openStorage('talks');
  opened.push(storage);
  return storage;
}

function last({ turns }: Conversation): Turn {
  const turn = turns.at(-1);
  assert.ok(turn);
  return turn;
}

/** With a question more, and its answer. */
function said(conversation: Conversation, question: string): Conversation {
  const next = asked(conversation, question, 1);
  return answered(next, last(next).id, 0, answerOf('Because.'), 1);
}

test('what was asked just before a reload has failed, and is asked again with a click', () => {
  const talks = new Talks(SILENT);
  talks.open(asked(newConversation(1, false), 'Why?', 1));
  assert.equal(talks.busy, false);
  const { id, answers } = last(talks.conversation);
  assert.deepEqual([answers[0]?.stage, answers[0]?.failure?.retryable], ['failed', true]);
  talks.again(id);
  assert.equal(talks.busy, true);
  talks.stop();
  assert.equal(talks.busy, false);
  assert.deepEqual(last(talks.conversation).answers.map(({ stage }) => stage), ['failed', 'stopped']);
});

test('what was said in another tab is gone on from, and what was removed is gone', async () => {
  const [here, there] = [await tab(), await tab()];
  const talks = new Talks(SILENT);
  talks.storage = here;
  const one = said(newConversation(1, false), 'Why?');
  talks.open(one);
  const two = said(one, 'And then?');
  await there.write(two);
  await talks.changedElsewhere('another');
  assert.equal(talks.conversation, one);
  await talks.changedElsewhere(one.id);
  assert.deepEqual(talks.conversation, two);

  await there.write(asked(two, 'Not answered yet?', 1));
  await talks.changedElsewhere(one.id);
  assert.deepEqual(talks.conversation, two);

  await there.remove(one.id);
  await talks.changedElsewhere(one.id);
  assert.deepEqual(talks.conversation.turns, []);
});

test('what is under way here goes on, whatever another tab does', async () => {
  const [here, there] = [await tab(), await tab()];
  const talks = new Talks(SILENT);
  talks.storage = here;
  const one = said(newConversation(1, false), 'Why?');
  talks.open(one);
  talks.ask('Mine?');
  await there.write(said(one, 'Theirs?'));
  await talks.changedElsewhere(null);
  assert.equal(last(talks.conversation).question, 'Mine?');
  await talks.forget(one.id);
});
