import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import type { ProviderCapability } from '#provision/machines/machine-provider.ts';
import type { ClusterSnapshot, Prediction } from '../record/run-report.ts';
import type { FaultKit } from '../record/fault-record.ts';
import type { LabUnderTest } from './lab-under-test.ts';
import type { ParameterSpecs, ParameterValues } from './parameters.ts';
import type { ProbeName } from '../record/sample.ts';
import type { EventData, RunEvent } from '../record/run-event.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Finding } from '../record/verdict.ts';

/** An experiment: does something to a lab and proves what follows. */
export interface Scenario<P extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  /** One sentence for `lab scenario`. */
  readonly summary: string;
  readonly needs: Needs;
  readonly parameters: P;
  /** Does it, and states what it finds. What it throws ends the run: `timeout.condition` as a failed claim, all else as lacking evidence. */
  run(context: ScenarioContext<ParameterValues<P>>): Promise<void>;
}

export interface Needs {
  /** What the harness makes sure of before `run`: the chapter's stack running, no unit at all, or nothing. */
  readonly stack: 'deployed' | 'empty' | 'any';
  /** Probes that run all through; default: all for a deployed stack, else none. */
  readonly probes?: readonly ProbeName[];
  readonly capabilities?: readonly ProviderCapability[];
  /** Standing invariants that this scenario's purpose rules out, each with the reason shown in the report. */
  readonly without?: Readonly<Partial<Record<InvariantName, string>>>;
}

export type InvariantName =
  | 'one-worker-connection'
  | 'conflicts'
  | 'machine-of'
  | 'documents'
  | 'etcd-writes'
  | 'dead-keys'
  | 'sessions'
  | 'nothing-moved';

export interface ScenarioContext<V = Readonly<Record<string, string | number | boolean>>> {
  readonly lab: LabUnderTest;
  readonly fault: FaultKit;
  readonly parameters: V;
  /** Directory of this run: what a scenario writes there is kept with the report. */
  readonly runDir: string;
  /** Aborted by Ctrl-C; `until` and the faults heed it by themselves. */
  readonly signal: AbortSignal;
  /** ms since the run began. */
  now(): number;
  /** Everything that happened so far. */
  readonly events: readonly RunEvent[];
  /**
   * Waits for a named condition. @throws LabError `timeout.condition` with what is missing
   * @param options.within ms for machines that are containers; for slower ones (`[vagrant] stretch`) as many times more
   */
  until(condition: Condition, options: { within: number }): Promise<RunEvent>;
  /** Begins a named part of the run: shown on the terminal, a band of the report's timeline. */
  phase(name: string): void;
  /**
   * A named moment of the timeline; the first is the fault. `atMs` undefined: it never happened. `headline`: the sentence
   * of the verdict tells this one instead of the last.
   */
  mark(
    name: string,
    atMs: number | undefined,
    options?: { detail?: string; predicted?: Prediction; headline?: boolean },
  ): void;
  /** A figure: the time between two moments (ms of the run) against what the configured timers predict. */
  measure(
    name: string,
    span: { from: number; to: number | undefined; predicted?: Prediction; detail?: string; group?: string },
  ): void;
  /** A statement that the run proves or refutes. */
  invariant(finding: Finding): void;
  /** A sentence for the log and the report. */
  note(text: string): void;
  /**
   * An event of your own, `own` in events.ndjson: what a later part of the scenario, or a program that reads the log, is to find.
   * @param name what happened, for your own telling apart
   * @param values anything that JSON can hold
   */
  event(name: string, values?: Readonly<EventData<'own'>['values']>): void;
  /** A figure or name for the head of the report. */
  fact(name: string, value: string | number): void;
  /** Machines, units and keys as they are now, drawn in the report under this label (`before`, `during`, `after`). */
  snapshot(label: string): Promise<ClusterSnapshot>;
  /**
   * Work on everything that was recorded (samples, journals, connections), done after the run has ended and the faults
   * are undone: measures and findings that need journals belong here.
   */
  afterwards(work: (record: RunRecord) => void | Promise<void>): void;
}

/** Declares a scenario; the values of `parameters` in `run` have the types declared there. */
export function scenario<const P extends ParameterSpecs = Record<never, never>>(
  definition: Omit<Scenario<P>, 'parameters'> & Partial<Pick<Scenario<P>, 'parameters'>>,
): Scenario {
  const declared: Omit<Scenario, 'parameters'> & Partial<Pick<Scenario, 'parameters'>> = definition;
  // A runner hands over values it parsed with these very parameters.
  return { parameters: {}, ...declared };
}
