import { useSyncExternalStore } from 'react';

const query = matchMedia('(min-width: 75rem)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** True when there is room for a reading pane beside the table. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
