import type { LabConfig } from '#provision/config/lab-config.ts';
import type { RunEvent } from './run-event.ts';
import type { JournalLine } from './journal-line.ts';
import type { StreamConnection } from './stream-connection.ts';
import type { Sample } from './sample.ts';

/** All that was recorded of a run, as values: invariants, measures and the report are computed from this alone. */
export interface RunRecord {
  readonly config: Pick<LabConfig, 'machines' | 'timers' | 'stretch'>;
  readonly events: readonly RunEvent[];
  /** In the order they were asked; empty when the scenario runs no probes. */
  readonly samples: readonly Sample[];
  /** Lines of fleet, etcd and the stack's units on all machines, by time. */
  readonly journal: readonly JournalLine[];
  /** The RSVP stream server's book of this run; undefined when it could not be asked. */
  readonly connections: readonly StreamConnection[] | undefined;
  /** What the probes read back at the end of what they had been told was stored. */
  readonly readBack: readonly ReadBack[];
  /** Wall-clock ms minus this is ms since the run began. */
  readonly wallToRunMs: number;
}

/** One probe's check of its acknowledged writes. */
export interface ReadBack {
  readonly probe: 'etcd-write' | 'memcached' | 'couchbase';
  /** Wall-clock ms of the reading; undefined when it could not be done. */
  readonly wallMs: number | undefined;
  readonly acknowledged: number;
  /** Keys that were acknowledged and are not there. */
  readonly lost: readonly string[];
}
