import useSWR, { type SWRResponse } from 'swr';
import { ask, type RestError } from './ask.ts';

/** How SWR asks this server: also when the browser thinks it is offline (a lab needs no network), and again a second after a failure. */
export const restSettings = {
  fetcher: (path: string) => ask(path),
  dedupingInterval: 300,
  refreshWhenOffline: true,
  revalidateOnReconnect: false,
  keepPreviousData: true,
  onErrorRetry: (error: RestError, _key: string, _settings: unknown, again: () => void) => {
    if (error.status === 0 || error.status >= 500) window.setTimeout(again, 1000);
  },
};

/**
 * What is at a path of the REST API, asked again every `refreshMs` (0: only when the window is looked at again).
 * @param path null: nothing is asked
 */
export function useRest<T>(path: string | null, refreshMs = 0): SWRResponse<T, RestError> {
  return useSWR<T, RestError>(path, { refreshInterval: refreshMs });
}
