import assert from 'node:assert/strict';
import test from 'node:test';

import { again, asked, edited, newConversation } from '../talk/conversation';
import { isOf, merged, sessionsOf, type Past } from '../talk/past';
import type { Conversation } from '../types';

function heading({ id, title, changedAt, sessionId, left }: Conversation): Past {
  return { id, title, changedAt, sessionId, ...(left ? { left } : {}), here: true };
}

function session(id: string, changedAt: number): Past {
  return { id, title: id, changedAt, sessionId: id, here: false };
}

/** A question of which other words and other answers have been asked for. */
function changedTwice(): Conversation {
  const first = asked(newConversation(1, true), 'Q', 1);
  const second = again(first, first.turns[0]?.id ?? '', 2);
  const third = edited(second, second.turns[0]?.id ?? '', 'Q2', 3);
  assert.equal(new Set([first, second, third].map(({ sessionId }) => sessionId)).size, 3);
  return third;
}

test('a conversation is all the sessions that it has been, and listed once', () => {
  const conversation = changedTwice();
  const past = heading(conversation);
  const all = sessionsOf(past);
  assert.equal(all.length, 3);
  assert.ok(all.includes(conversation.id) && all.includes(conversation.sessionId ?? ''));
  const kept = [...all, 'other'].map((id, n) => session(id, 10 + n));
  assert.deepEqual(merged([past], kept).map(({ id }) => id), ['other', conversation.id]);
});

test('in the browser alone, one that is deleted is no other one', () => {
  const [shown, other] = [newConversation(1, false), newConversation(2, false)];
  assert.equal(isOf(heading(other), shown), false);
  assert.equal(isOf(heading(shown), shown), true);
  assert.equal(isOf(session('s', 1), { ...shown, sessionId: 's' }), true);
});
