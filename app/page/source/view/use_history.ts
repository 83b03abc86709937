/** Past conversations: those of this browser, and those that the service keeps. */

import { useCallback, useEffect, useState } from 'preact/hooks';

import { deleteSession, listSessions } from '../service/sessions';
import { merged, sessionsOf, type Past } from '../talk/past';
import type { Storage } from '../talk/storage';

export interface PastConversations {
  all: Past[];
  /** The list of the service could not be read. */
  failed: boolean;
  more: (() => void) | null;
  remove: (past: Past) => Promise<void>;
  refresh: () => void;
}

/** `changed`: anything that is another when the list may be another. */
export function useHistory(storage: Storage | null, sessions: boolean, changed: unknown): PastConversations {
  const [here, setHere] = useState<Past[]>([]);
  const [kept, setKept] = useState<Past[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [asking, setAsking] = useState(0);
  const refresh = useCallback(() => setAsking((n) => n + 1), []);

  useEffect(() => storage?.onChange(refresh), [storage, refresh]);

  useEffect(() => {
    let gone = false;
    void storage?.list().then((headings) => {
      if (!gone) setHere(headings.map((heading) => ({ ...heading, here: true })));
    });
    return () => {
      gone = true;
    };
  }, [storage, changed, asking]);

  const read = useCallback(async (before: string | null, signal?: AbortSignal) => {
    try {
      const page = await listSessions(before, signal);
      const heads = page.sessions.map((head) => ({
        id: head.sessionId,
        title: head.title,
        changedAt: Date.parse(head.used),
        sessionId: head.sessionId,
        here: false,
      }));
      setKept((old) => (before ? [...old, ...heads] : heads));
      setNext(page.next);
      setFailed(false);
    } catch {
      if (!signal?.aborted) setFailed(true);
    }
  }, []);

  useEffect(() => {
    if (!sessions) return;
    const gone = new AbortController();
    void read(null, gone.signal);
    return () => gone.abort();
  }, [sessions, changed, asking, read]);

  const remove = useCallback(
    async (past: Past) => {
      const ids = sessionsOf(past);
      if (sessions) await Promise.all(ids.map(deleteSession));
      if (past.here) await storage?.remove(past.id);
      setHere((all) => all.filter((each) => each.id !== past.id));
      setKept((all) => all.filter((each) => !ids.includes(each.id)));
    },
    [storage, sessions],
  );

  return { all: merged(here, kept), failed, more: next ? () => void read(next) : null, remove, refresh };
}
