import { LabError } from '#errors/lab-error.ts';
import type { Log } from '../parts/log.ts';

/** What the log says of something that is tried until it succeeds: each cause once, however often it is tried, and that it is over. */
export interface RetryNotes {
  /** Logs a failure, unless it is the one that was logged last. */
  failed(error: unknown): void;
  /** The next failure is logged whatever it is. */
  succeeded(): void;
}

/** @param who first word of the lines */
export function retryNotes(log: Log, who: string): RetryNotes {
  let said: string | undefined;
  return {
    failed(error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (cause === said) return;
      said = cause;
      const more = error instanceof LabError ? { evidence: error.evidence.join('; '), next: error.next } : {};
      log(who, { event: 'retry', cause, ...more });
    },
    succeeded() {
      if (said !== undefined) log(who, { event: 'goes-on', after: said });
      said = undefined;
    },
  };
}
