import type { Condition } from '../provision/cluster/conditions.ts';
import type { Lab } from '../provision/cluster/lab.ts';
import type { ClusterWatch } from './harness/cluster-watch.ts';
import type { EventLog } from './harness/event-log.ts';
import type { Faults } from './harness/fault.ts';
import type { Finding } from './harness/verdict.ts';

/** An experiment: does something to a lab and proves what follows. */
export interface Scenario {
  readonly name: string;
  /** One sentence for `lab scenario`. */
  readonly summary: string;
  run(context: ScenarioContext): Promise<ScenarioResult>;
}

export interface ScenarioContext {
  readonly lab: Lab;
  readonly log: EventLog;
  readonly faults: Faults;
  readonly cluster: ClusterWatch;
  readonly parameters: ScenarioParameters;
  /** Where the run's evidence goes. */
  readonly runDir: string;
  /** Waits for a named condition and logs when it began and when it held. */
  until(condition: Condition, withinMs: number): Promise<void>;
  /** Runs fleetctl as a reader would type it; its output goes to the event log. */
  fleetctl(...args: string[]): Promise<void>;
  note(text: string): void;
}

export interface ScenarioParameters {
  readonly by: 'halt' | 'cut';
}

export interface ScenarioResult {
  /** Named points in time, in order; the first is the fault. */
  readonly timeline: readonly TimelineStep[];
  readonly findings: readonly Finding[];
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface TimelineStep {
  readonly name: string;
  /** Milliseconds since the run began; undefined when it was never seen. */
  readonly atMs: number | undefined;
  readonly detail: string;
}
