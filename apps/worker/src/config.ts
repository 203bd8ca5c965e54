import type { NetworkInterfaceInfo } from 'node:os';
import { LabError } from '../../../errors/lab-error.ts';
import { etcdEndpoints } from '../../../platform/etcd/container-endpoints.ts';

export interface WorkerConfig {
  readonly etcdEndpoints: string[];
  readonly username: string;
  readonly password: string;
  readonly bucket: string;
  readonly rsvpUrl: string;
  /** How long to wait for a Couchbase to be announced, and again for it to answer, ms. */
  readonly waitMs: number;
  /** RSVPs held while Couchbase is slow; beyond it the oldest are dropped. */
  readonly queueLimit: number;
  /** Period of the summary line, ms. */
  readonly summaryMs: number;
}

/** The worker's settings from its environment. Throws LabError config.worker naming the variable. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): WorkerConfig {
  const rsvpUrl = env['RSVP_URL'] ?? 'ws://stream.meetup.com/2/rsvps';
  if (!/^wss?:\/\/[^/]/.test(rsvpUrl) || !URL.canParse(rsvpUrl)) {
    throw wrong('RSVP_URL', rsvpUrl, 'a ws:// or wss:// URL');
  }
  return {
    etcdEndpoints: etcdEndpoints(env, interfaces),
    username: env['COUCHBASE_USERNAME'] ?? 'Administrator',
    password: env['COUCHBASE_PASSWORD'] ?? 'Password1',
    bucket: env['COUCHBASE_BUCKET'] ?? 'default',
    rsvpUrl,
    waitMs: whole(env, 'WAIT_MS', 10_000, 0),
    queueLimit: whole(env, 'QUEUE_LIMIT', 1000, 1),
    summaryMs: whole(env, 'SUMMARY_MS', 10_000, 100),
  };
}

function whole(env: Readonly<Record<string, string | undefined>>, name: string, fallback: number, min: number): number {
  const raw = env[name];
  if (raw === undefined) return fallback;
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isInteger(value) || value < min)
    throw wrong(name, raw, `a whole number from ${min} up`);
  return value;
}

function wrong(name: string, value: string, wanted: string): LabError {
  return new LabError({
    code: 'config.worker',
    cause: `${name}="${value}" is not ${wanted}`,
    next: `correct ${name} in the unit's docker run (-e ${name}=…)`,
  });
}
