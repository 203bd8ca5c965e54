import type { RunEvent, Without } from '#scenarios/harness/record/run-event.ts';
import type { LeaseChange } from '#scenarios/harness/watch/lease-watch.ts';

/** `up`: its machines' ground is there; `down`: the disks are; `gone`: nothing is (`lab destroy`). */
export type LabState = 'up' | 'down' | 'gone';

/** What of a machine no event of a run tells. */
export interface MachineFacts {
  readonly machine: string;
  readonly address: string;
  /** running; stopped, starting, ...; halted, paused, ...: what a fault made of it */
  readonly state: string;
  readonly etcd: 'leader' | 'follower' | 'away' | 'unknown';
  /** Does it hold the lease of fleet's engine? */
  readonly engine: boolean;
}

export interface DecisionFacts {
  readonly unit: string;
  /** schedule, reschedule, unschedule, unschedulable */
  readonly kind: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason: string;
  /** The machine whose engine decided, where that is known. */
  readonly engine?: string;
  /** When it decided, by the engine's clock, ms since the epoch; absent: when it is told. */
  readonly decidedWallMs?: number;
}

/** What is left of a lease if nobody renews it, and what it is when it is fresh; ms. */
export interface LeaseLeft {
  readonly leftMs: number;
  readonly grantedMs: number;
}

/** The leases behind discovery keys, by key, and behind the machines' presence, by machine. */
export interface LeasesLeft {
  readonly keys: Readonly<Record<string, LeaseLeft>>;
  readonly presence: Readonly<Record<string, LeaseLeft>>;
}

interface Stamps {
  /** ms since the story began. */
  readonly atMs: number;
  /** ms since the epoch. */
  readonly wallMs: number;
}

type Fact<Type extends string, Data> = Stamps & { readonly type: Type; readonly data: Data };

/** What is told beside the events of a run. */
export type LiveFact =
  | Fact<'lab', { readonly name: string; readonly state: LabState }>
  | Fact<'machine', MachineFacts>
  | Fact<'decision', DecisionFacts>
  | Fact<'leases-left', LeasesLeft>
  /** What was asked for on the page, and how it goes. */
  | Fact<
      'deed',
      { readonly text: string; readonly state: 'begun' | 'done' | 'failed'; readonly endsScenario?: boolean }
    >
  | (LeaseChange & Stamps);

/** One thing that was seen of a lab: an event as a run has it, or a fact that only who watches a lab or reads a report has. */
export type Seen = RunEvent | LiveFact;

/** The same, before it has its stamps. */
export type Unstamped = Without<'atMs' | 'wallMs', Seen>;
