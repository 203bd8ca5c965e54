import type { HistoryEvent } from '../history/event.ts';
import type { Truth } from './truth.ts';

/** One promise of fleet's, and whether a history breaks it. A checker remembers what it needs, and asks nobody but the history. */
export interface Checker {
  /** As a person names the promise: `single-copy`. */
  readonly name: string;
  /**
   * @param truth all that is so, with this event in it
   * @returns how the event breaks the promise, in one line; undefined when it does not
   */
  see(event: HistoryEvent, truth: Truth): string | undefined;
}
