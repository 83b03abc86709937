/** Something of the service's, read when it is asked for. */

import { useCallback, useEffect, useState } from 'preact/hooks';

import { ServiceError } from '../service/failure';
import type { Failure } from '../types';

export interface Loaded<T> {
  /** The last that came; also while something else is on its way. */
  value: T | null;
  failure: Failure | null;
  loading: boolean;
  again: () => void;
}

/** `read` has to be the same as long as it reads the same. */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [loading, setLoading] = useState(true);
  const [asking, setAsking] = useState(0);
  const again = useCallback(() => setAsking((n) => n + 1), []);

  useEffect(() => {
    const gone = new AbortController();
    setLoading(true);
    read(gone.signal)
      .then(
        (next) => {
          setValue(next);
          setFailure(null);
        },
        (error) => {
          if (gone.signal.aborted) return;
          if (!(error instanceof ServiceError)) throw error;
          setFailure(error.failure);
        },
      )
      .finally(() => {
        if (!gone.signal.aborted) setLoading(false);
      });
    return () => gone.abort();
  }, [read, asking]);

  return { value, failure, loading, again };
}
