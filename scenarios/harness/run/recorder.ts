import type { EventLog } from '../record/event-log.ts';
import type { Measure, Prediction, RunReport, TimelineStep } from '../record/run-report.ts';
import type { Finding } from '../record/verdict.ts';

export type KindOfFinding = RunReport['findings'][number]['kind'];

/** Collects what a scenario states about its run; each statement is an event as well. */
export class Recorder {
  readonly timeline: TimelineStep[] = [];
  readonly measures: Measure[] = [];
  readonly findings: RunReport['findings'] = [];
  readonly facts: Record<string, string | number> = {};
  readonly #phases: { name: string; fromMs: number }[] = [];
  readonly #log: EventLog;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** The run's next phase begins now, and the one before it ends. */
  phase(name: string): void {
    this.#phases.push({ name, fromMs: this.#log.add({ type: 'phase', data: { name } }).atMs });
  }

  /** Each phase ends where the next one begins. */
  phases(endMs: number): RunReport['phases'] {
    return this.#phases.map((phase, index) => ({ ...phase, toMs: this.#phases[index + 1]?.fromMs ?? endMs }));
  }

  /** Adds a step to the timeline. @param atMs ms since the run began; undefined: it never came to it */
  mark(
    name: string,
    atMs: number | undefined,
    options: { detail?: string; predicted?: Prediction; headline?: boolean } = {},
  ): void {
    const { predicted } = options;
    const step = {
      name,
      detail: options.detail ?? '',
      ...(atMs === undefined ? {} : { atMs }),
      ...(predicted === undefined ? {} : { predicted }),
      ...(options.headline === true ? { headline: true } : {}),
    };
    this.#log.add({ type: 'mark', data: step });
    this.timeline.push(step);
  }

  /** Adds a measured span, ms since the run began; undefined as its end: it never came to it. */
  measure(
    name: string,
    span: { from: number; to: number | undefined; predicted?: Prediction; detail?: string; group?: string },
  ): void {
    const { from, to, predicted, detail, group } = span;
    const measure: Measure = {
      name,
      fromMs: from,
      ...(to === undefined ? {} : { toMs: to, ms: to - from }),
      ...(predicted === undefined ? {} : { predicted }),
      ...(detail === undefined ? {} : { detail }),
      ...(group === undefined ? {} : { group }),
    };
    this.#log.add({ type: 'measure', data: measure });
    this.measures.push(measure);
  }

  /** Adds a verdict with its evidence. @param kind who found it: the scenario, or what is asked of every run */
  finding(finding: Finding, kind: KindOfFinding): void {
    const { name, verdict, evidence } = finding;
    this.#log.add({ type: 'invariant', data: { name, verdict, evidence, kind } });
    this.findings.push({ name, verdict, evidence, kind });
  }

  /** Adds a figure for the report alone: no event is made of it. */
  fact(name: string, value: string | number): void {
    this.facts[name] = value;
  }
}
