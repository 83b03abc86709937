/** The conversations, and being told when they change. */

import { useEffect, useState } from 'preact/hooks';

import { openStorage, type Storage } from '../talk/storage';
import type { Conversation, Info, Options } from '../types';
import type { Talks } from './talks';

interface Shown {
  conversation: Conversation;
  busy: boolean;
  options: Options;
  proposed: string;
  storage: Storage | null;
}

export function useTalks(talks: Talks, info: Info | null): Shown {
  const [, setTold] = useState(0);
  const [storage, setStorage] = useState<Storage | null>(null);
  talks.info = info;

  useEffect(() => talks.listen(() => setTold((n) => n + 1)), [talks]);

  useEffect(() => {
    let gone = false;
    let unhear: (() => void) | null = null;
    void openStorage().then((opened) => {
      if (gone) return;
      talks.storage = opened;
      unhear = opened.onChange((id) => void talks.changedElsewhere(id));
      setStorage(opened);
    });
    addEventListener('pagehide', talks.flush);
    return () => {
      gone = true;
      unhear?.();
      removeEventListener('pagehide', talks.flush);
    };
  }, [talks]);

  const { conversation, busy, options, proposed } = talks;
  return { conversation, busy, options, proposed, storage };
}
