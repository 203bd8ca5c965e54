/** Visitors and clients that ask 20 times a second all through a run, from a process of their own. */
export const probeNames = ['page', 'socket', 'etcd-read', 'etcd-write', 'memcached', 'couchbase'] as const;

export type ProbeName = (typeof probeNames)[number];

/** One question and its answer; a line of a run's `samples.ndjson`. */
export interface Sample {
  readonly probe: ProbeName;
  /** Wall-clock ms when the question was asked; the machines share this clock. */
  readonly wallMs: number;
  /** How long until the answer, or until it was given up, ms; socket: the age of the newest message. */
  readonly ms: number;
  readonly ok: boolean;
  /** Which machine was asked, where a probe asks one in particular. */
  readonly machine?: string;
  /** What was asked where that is no machine but a service: `memcached/2` as under /services, or an address. */
  readonly target?: string;
  /** Why it failed, in a few words. */
  readonly error?: string;
  /** page: the id of the visitor's session and, now and then, the server's count of its visits; a new id is a lost session. */
  readonly session?: string;
  readonly visits?: number;
  /** etcd-write, memcached, couchbase: what was written, to be read back at the end. */
  readonly key?: string;
}

/** Wall-clock ms when the answer was there, or the question was given up. */
export function answeredAt({ probe, wallMs, ms }: Sample): number {
  return probe === 'socket' ? wallMs : wallMs + ms;
}
