import type { Lab } from '#provision/cluster/lab.ts';
import type { ParameterValue } from '../context/parameters.ts';
import type { Needs, Scenario, ScenarioContext } from '../context/scenario.ts';
import type { RunEvent } from '../record/run-event.ts';

/** What a run is asked to do. */
export interface RunRequest {
  readonly scenario: Scenario;
  readonly lab: Lab;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** What repeats this run, as typed. */
  readonly command: string;
  /** Brings the lab's units to what the scenario needs before it runs. */
  readonly prepareStack: (context: ScenarioContext, needed: Needs['stack']) => Promise<void>;
  /** What a person is shown of an error that ended the scenario; absent: the error as it is. */
  readonly explainError?: (error: unknown) => unknown;
  /** Ends the run early but in order: faults undone, evidence kept, verdict unknown. */
  readonly signal: AbortSignal;
  /** Takes each event right after it was written. */
  readonly onEvent: (event: RunEvent) => void;
}
