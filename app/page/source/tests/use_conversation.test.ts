import './dom';

import assert from 'node:assert/strict';
import test from 'node:test';
import { h, render } from 'preact';

import { asked, newConversation } from '../talk/conversation';
import type { Place } from '../talk/address';
import type { Storage } from '../talk/storage';
import type { Info } from '../types';
import { Talks } from '../view/talks';
import { useConversation } from '../view/use_conversation';

test('a link to an answer that is shown already goes to it', async () => {
  const scrolled: string[] = [];
  Object.assign(globalThis, { CSS: { escape: (text: string) => text }, matchMedia: () => ({ matches: true }) });
  const frame = globalThis.requestAnimationFrame;
  globalThis.requestAnimationFrame = (run) => Number(setTimeout(run));
  const talks = new Talks();
  talks.conversation = asked(asked(newConversation(1, false), 'Q1', 1), 'Q2', 2);
  const { id, turns } = talks.conversation;
  for (const turn of turns) {
    const element = document.createElement('article');
    element.dataset['turn'] = turn.id;
    element.scrollIntoView = () => void scrolled.push(turn.question);
    document.body.append(element);
  }
  const page = document.createElement('div');
  const Probe = ({ place }: { place: Place }) => {
    useConversation(talks, {} as Storage, {} as Info, place, () => undefined);
    return null;
  };
  const goTo = async (turn: string | null, seen: number) => {
    render(h(Probe, { place: { kind: 'conversation', id, turn, question: null } }), page);
    for (let n = 0; n < 200 && scrolled.length < seen; n++) await new Promise((done) => setTimeout(done, 5));
  };
  try {
    await goTo(null, 0);
    await goTo(turns[1]?.id ?? '', 1);
    assert.deepEqual(scrolled, ['Q2']);
    await goTo(turns[0]?.id ?? '', 2);
    assert.deepEqual(scrolled, ['Q2', 'Q1']);
  } finally {
    render(null, page);
    document.body.replaceChildren();
    globalThis.requestAnimationFrame = frame;
    for (const name of ['CSS', 'matchMedia']) Reflect.deleteProperty(globalThis, name);
  }
});
