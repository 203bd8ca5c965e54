import { eventsOf } from './events-of.ts';
import type { EventOf, RunEvent } from './run-event.ts';

/** The messages with rows that a page's visitor got from this moment of the run on. Pure. */
export function messagesWithRows(events: readonly RunEvent[], fromMs = 0): EventOf<'page-message'>[] {
  return eventsOf(events, 'page-message').filter(({ atMs, data }) => atMs >= fromMs && data.rows > 0);
}
