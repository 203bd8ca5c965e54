import type { RunEvent } from './run-event.ts';

/** Was it there at the watch's first look, and did not happen then? Pure. */
export function isInitial({ data }: RunEvent): boolean {
  return 'initial' in data && data.initial === true;
}
