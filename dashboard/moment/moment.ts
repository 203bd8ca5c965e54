import type { UnitView } from '#scenarios/harness/record/cluster-view.ts';
import type { DecisionFacts, LabState, LeaseLeft, MachineFacts } from './seen.ts';

/** All that a panel of the dashboard shows, at one moment. */
export interface Moment {
  /** ms since the story began. */
  readonly atMs: number;
  readonly lab: { readonly name: string; readonly state: LabState | 'unknown' };
  /** Sorted by name. */
  readonly machines: readonly MachineNow[];
  /** Sorted by name. */
  readonly units: readonly UnitView[];
  /** Sorted by key. */
  readonly keys: readonly KeyNow[];
  /** flannel's leases: which machine has which network. Sorted by machine. */
  readonly subnets: readonly { readonly subnet: string; readonly machine: string }[];
  /** Newest first. */
  readonly decisions: readonly (DecisionFacts & { readonly atMs: number })[];
  /** In words, newest first. */
  readonly events: readonly SeenInWords[];
  /** The web page as a visitor on each machine has it. Sorted by machine. */
  readonly pages: readonly PageNow[];
  /** ms that each kind of unit's key may outlive it, by key. */
  readonly ttls: Readonly<Record<string, number>>;
  /** Why the cluster is not seen now; undefined: it is. */
  readonly unseen: string | undefined;
  /** Of a scenario that runs: its name, its phase, the faults in force, and what came of it. */
  readonly scenario: string | undefined;
  readonly phase: string | undefined;
  readonly faults: readonly { readonly id: string; readonly machine: string; readonly name: string }[];
  readonly verdict: { readonly verdict: string; readonly sentence: string } | undefined;
}

export interface MachineNow extends Omit<MachineFacts, 'machine'> {
  readonly name: string;
  /** Does fleet list it? */
  readonly listed: boolean;
  /** Since when it can renew nothing: it does not run, or nobody hears it. ms since the story began. */
  readonly silentSinceMs: number | undefined;
  /** What was left of the lease of its presence, and when that was asked; ms. */
  readonly presence: Sample | undefined;
}

export interface KeyNow {
  /** `/services/couchbase/1` */
  readonly key: string;
  readonly value: string;
  readonly sinceMs: number;
  /** What was left of its lease, and when that was asked; ms. */
  readonly lease: Sample | undefined;
}

interface Sample extends LeaseLeft {
  readonly atMs: number;
}

export interface PageNow {
  readonly machine: string;
  readonly connected: boolean;
  /** Messages so far; each is one beat. */
  readonly beats: number;
  /** When the last one came, and how many rows it had. */
  readonly lastMs: number | undefined;
  readonly rows: number;
}

export interface SeenInWords {
  readonly atMs: number;
  readonly text: string;
  readonly tone: 'plain' | 'fault' | 'bad' | 'good';
}

/** Of these the newest are kept. */
export const kept = { decisions: 60, events: 200 } as const;

/** Nothing was seen yet. */
export const nothingSeen: Moment = {
  atMs: 0,
  lab: { name: '', state: 'unknown' },
  machines: [],
  units: [],
  keys: [],
  subnets: [],
  decisions: [],
  events: [],
  pages: [],
  ttls: {},
  unseen: undefined,
  scenario: undefined,
  phase: undefined,
  faults: [],
  verdict: undefined,
};
