import type { EventOf, Without } from '../record/run-event.ts';
import type { ReadBack } from '../record/run-record.ts';
import type { ProbeName } from '../record/sample.ts';

/** What the probe process is told when it starts; the first message it gets. */
export interface ProbeSettings {
  readonly probes: readonly ProbeName[];
  /** Part of every key that is written, so that two runs never meet. */
  readonly runId: string;
  readonly samplesFile: string;
  /** Network interface of the host that exists while the lab does; without it no address of the lab is contacted. */
  readonly hostLink: string;
  /** The lab's container addresses, `10.1.0.0/16`: routes to them are set over the link; absent: none are. */
  readonly flannelCidr?: string;
  /** Time between two questions of one probe, ms. */
  readonly periodMs: number;
  /** When a question counts as failed, ms. */
  readonly deadlineMs: number;
  readonly pages: readonly Endpoint[];
  readonly etcd: readonly Endpoint[];
}

/** One server that is asked, and the machine it is on. */
export interface Endpoint {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
}

/** What the runner tells the process. */
export type RunnerMessage =
  { readonly type: 'start'; readonly settings: ProbeSettings } | { readonly type: 'stop'; readonly readBackMs: number };

/** What the process tells the runner: only what must be seen live; every sample goes to the file. */
export type ProcessMessage =
  | { readonly type: 'started' }
  | { readonly type: 'event'; readonly event: ProbeEvent }
  | { readonly type: 'stopped'; readonly readBack: readonly ReadBack[]; readonly cpuPercent: number };

/** An event for the run's log, with the wall-clock ms of its happening. */
export type ProbeEvent = Without<'atMs', EventOf<ProbeEventType>>;

type ProbeEventType =
  | 'probe-started'
  | 'probe-failing'
  | 'probe-ok'
  | 'probe-ended'
  | 'page-connected'
  | 'page-disconnected'
  | 'page-message';
