/** The conversation that the page's address names. */

import { useEffect, useState } from 'preact/hooks';

import { readSession } from '../service/sessions';
import { turnNamed, type Place } from '../talk/address';
import { conversationOf } from '../talk/kept';
import type { Storage } from '../talk/storage';
import type { Conversation, Info } from '../types';
import { turnToTop } from './scroll';
import type { Talks } from './talks';

/** Gives whether it is nowhere. */
export function useConversation(
  talks: Talks,
  storage: Storage | null,
  info: Info | null,
  place: Place,
  go: (place: Place, replace?: boolean) => void,
): boolean {
  const [missing, setMissing] = useState(false);
  const id = place.kind === 'conversation' ? place.id : null;
  const turn = place.kind === 'conversation' ? place.turn : null;
  const known = info !== null;

  useEffect(() => {
    if (!storage || !known) return;
    setMissing(false);
    if (place.kind === 'ask') {
      talks.propose(place.question);
      go({ kind: 'new' }, true);
      return;
    }
    if (place.kind === 'new') {
      if (talks.conversation.turns.length) talks.startNew();
      return;
    }
    if (place.kind !== 'conversation') return;
    if (isShown(talks.conversation, place.id)) {
      toTurn(talks.conversation, turn);
      return;
    }
    let gone = false;
    const show = async () => {
      const found = talks.live(place.id) ?? (await find(place.id, storage, info?.sessions ?? false));
      if (gone) return;
      if (found) {
        talks.open(found);
        if (!toTurn(found, turn)) requestAnimationFrame(() => scrollTo({ top: 0 }));
      } else if (place.question) {
        go({ kind: 'ask', question: place.question }, true);
      } else {
        talks.startNew();
        setMissing(true);
      }
    };
    void show();
    return () => {
      gone = true;
    };
  }, [storage, known, place.kind, id, turn]);

  return missing;
}

/** Once it is drawn; false where the link names none of its turns. */
function toTurn(conversation: Conversation, name: string | null): boolean {
  const turn = name === null ? null : turnNamed(conversation, name);
  if (turn) requestAnimationFrame(() => turnToTop(turn.id));
  return turn !== null;
}

function isShown(conversation: Conversation, id: string): boolean {
  return conversation.turns.length > 0 && (conversation.id === id || conversation.sessionId === id);
}

/** In this browser, else at the service. */
async function find(id: string, storage: Storage, sessions: boolean): Promise<Conversation | null> {
  const here = await storage.read(id);
  if (here || !sessions) return here;
  try {
    return conversationOf(await readSession(id));
  } catch {
    return null; // none of this reader's, or it cannot be told now
  }
}
