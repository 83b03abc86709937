/** What the service says of itself, asked again until it can answer, and now and then after that. */

import { useCallback, useEffect, useState } from 'preact/hooks';

import { ServiceError } from '../service/failure';
import { readInfo } from '../service/info';
import type { Failure, Info } from '../types';

const WAITING_MS = 3_000;
const READY_MS = 60_000;

export interface Service {
  /** Null until it has said something for the first time. */
  info: Info | null;
  /** Why it says nothing now. */
  trouble: Failure | null;
  /** Whether the browser had a network when it was last asked. */
  online: boolean;
  ask: () => void;
}

export function useService(): Service {
  const [info, setInfo] = useState<Info | null>(null);
  const [trouble, setTrouble] = useState<Failure | null>(null);
  const [online, setOnline] = useState(() => navigator.onLine);
  const [asking, setAsking] = useState(0);
  const ask = useCallback(() => setAsking((n) => n + 1), []);

  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === 'visible') ask();
    };
    addEventListener('online', ask);
    addEventListener('offline', ask);
    document.addEventListener('visibilitychange', seen);
    return () => {
      removeEventListener('online', ask);
      removeEventListener('offline', ask);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [ask]);

  useEffect(() => {
    const gone = new AbortController();
    let timer = 0;
    const once = async () => {
      let next = WAITING_MS;
      try {
        const said = await readInfo(gone.signal);
        setInfo(said);
        setTrouble(null);
        // What is in the index is looked at in the background, after the start.
        if (said.ready && said.documents !== null) next = READY_MS;
      } catch (error) {
        if (gone.signal.aborted) return;
        if (!(error instanceof ServiceError)) throw error;
        setTrouble(error.failure);
      }
      setOnline(navigator.onLine);
      if (!gone.signal.aborted) timer = window.setTimeout(() => void once(), next);
    };
    void once();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [asking]);

  return { info, trouble, online, ask };
}
