import type { ReadBack } from '../record/run-record.ts';
import type { Clock } from './clock.ts';
import type { ProbeName, Sample } from '../record/sample.ts';
import type { ProbeEvent, ProbeSettings } from './settings.ts';

/** One kind of question, asked once a tick. */
export interface Probe {
  readonly name: ProbeName;
  /** Puts its next question; the answer is reported when it comes. Never throws, never waits. */
  ask(): void;
  /** No further question comes: resolves when each open one is answered or past its deadline. Connections stay. */
  finish(): Promise<void>;
  /** Lets go of every connection and fails what is open, for this reason; the next `ask` connects anew. */
  disconnect(reason: string): void;
  /** Why this probe cannot ask anything (no address, a library that does not load); undefined when it can. */
  trouble(): string | undefined;
  /** Is everything that was told to be stored still there? Removes it afterwards. Rejects when that cannot be found out. */
  readBack?(deadlineMs: number): Promise<ReadBack>;
}

/** What a probe is given by the process. */
export interface ProbeContext {
  readonly settings: ProbeSettings;
  readonly clock: Clock;
  /** Takes a question that was answered, or was not in time. */
  readonly report: (sample: Sample) => void;
  /** Takes what a probe saw beside its questions: it becomes an event of the run. */
  readonly tell: (event: ProbeEvent) => void;
}
