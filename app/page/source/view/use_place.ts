/** Where in the page the reader is, as the address says it. */

import { useCallback, useEffect, useState } from 'preact/hooks';

import { hashOf, placeOf, type Place } from '../talk/address';

/** `go` adds to the browser's history, or replaces what is there last. */
export function usePlace(): [Place, (place: Place, replace?: boolean) => void] {
  const [place, setPlace] = useState(() => placeOf(location.hash));

  useEffect(() => {
    const look = () => setPlace(placeOf(location.hash));
    addEventListener('hashchange', look);
    addEventListener('popstate', look);
    return () => {
      removeEventListener('hashchange', look);
      removeEventListener('popstate', look);
    };
  }, []);

  const go = useCallback((next: Place, replace = false) => {
    const address = `${location.pathname}${location.search}${hashOf(next)}`;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    setPlace(next);
  }, []);

  return [place, go];
}
