import { useMemo, useSyncExternalStore } from 'react';
import { hrefOf, placeOf, type Place } from './route.ts';

/** Where the console is. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => placeOf(hash), [hash]);
}

/** Goes there; `replace` leaves no step in the browser's history. */
export function goTo(place: Place, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') window.location.hash = hrefOf(place);
  else window.location.replace(hrefOf(place));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
