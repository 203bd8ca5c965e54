import type { WhyUnit } from '#platform/fleet/client/wire.ts';
import type { MachineSummary } from '#provision/cluster/status.ts';

/** What an engine decided on a unit, machines by name, and when. */
export type PastDecision = WhyUnit['decisions'][number];

/** What a look at a lab saw: all that conditions, hints and values are computed from. */
export interface Observed {
  readonly lab: string;
  /** Is there a lab that could answer? */
  readonly up: boolean;
  readonly machines: readonly MachineSummary[];
  /** Undefined when fleet does not answer: no machine runs, or etcd has no quorum. */
  readonly units: readonly ObservedUnit[] | undefined;
  /** Discovery keys below /services; undefined when etcd does not answer. */
  readonly keys: Readonly<Record<string, string>> | undefined;
  /** etcd's member on each machine that answers: its id. */
  readonly members: Readonly<Record<string, string>>;
  /** What systemd says of units that were asked about, on the machine that fleet has them on. */
  readonly systemd: Readonly<Record<string, SystemdUnit>>;
  /** Buckets of the Couchbase that a unit runs, with their documents; undefined: it does not answer. */
  readonly buckets: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
  /** The page of each machine that was asked: its rows, or why there are none. */
  readonly pages: Readonly<Record<string, { readonly rows: number } | { readonly trouble: string }>>;
  /** Images that were asked about, those of units that do not run among them: does the registry have them? */
  readonly images: Readonly<Record<string, boolean>>;
}

export interface ObservedUnit {
  readonly name: string;
  /** What was asked of fleet: inactive, loaded, launched. */
  readonly desired: string;
  /** The machine the engine gave it to. */
  readonly target: string | undefined;
  /** Why it has none. */
  readonly reason: string | undefined;
  /** `active/running`, and what the agent says of it, by machine. */
  readonly states: readonly {
    readonly machine: string;
    readonly state: string;
    readonly message: string | undefined;
  }[];
  /** What its [X-Fleet] says, specifiers expanded. */
  readonly fleetOptions: readonly { readonly name: string; readonly value: string }[];
  /** Images that its commands pull. */
  readonly pulls: readonly string[];
}

export interface SystemdUnit {
  readonly machine: string;
  /** `activating/start-pre` */
  readonly state: string;
  /** systemd's id of this start; empty when it never began. */
  readonly start: string;
  /** Seconds since it was last begun to be started. */
  readonly sinceS: number | undefined;
  /** Seconds since it last became active. */
  readonly activeSinceS: number | undefined;
  readonly restarts: number;
  /** The command of this moment, before and after the unit's own: `docker pull couchbase:community-4.0.0`. */
  readonly command: string | undefined;
}

/** What a look at the lab has to ask beyond machines, units and keys: it costs a command or a request each. */
export interface Needs {
  readonly members: boolean;
  /** Units whose systemd is asked. */
  readonly systemd: readonly string[];
  /** Units whose Couchbase is asked. */
  readonly buckets: readonly string[];
  /** Machines whose page is asked; `all`: those that run. */
  readonly pages: readonly string[] | 'all';
  readonly images: readonly string[];
}

/** The machine a unit runs on, when it runs on exactly one. Pure. */
export function homeOf({ units }: Pick<Observed, 'units'>, name: string): string | undefined {
  const states = units?.find((unit) => unit.name === name)?.states ?? [];
  const running = states.filter(({ state }) => state === 'active/running');
  return running.length === 1 ? running[0]?.machine : undefined;
}
