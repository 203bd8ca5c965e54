import type { NetworkInterfaceInfo } from 'node:os';
import { LabError } from '../../../errors/lab-error.ts';
import { etcdEndpoints } from '../../../platform/etcd/container-endpoints.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface WebConfig {
  readonly etcdEndpoints: string[];
  readonly username: string;
  readonly password: string;
  readonly bucket: string;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How long to wait for Couchbase and memcached to be announced, ms. */
  readonly waitMs: number;
  /** Period of the one query, ms. */
  readonly periodMs: number;
  /** Rows shown. */
  readonly limit: number;
  /** Signs the session cookie; the same for all instances, so that any of them knows a visitor. */
  readonly sessionSecret: string;
  /** Who serves the page, as shown on it. */
  readonly instance: string;
  readonly machine: string;
}

/** At its end it waits no longer than this for its visitors' connections, ms. */
export const hurryMs = 1000;

/** The web app's settings from its environment. Throws LabError config.web naming the variable. */
export function readConfig(
  env: Env,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  hostname: string,
): WebConfig {
  return {
    etcdEndpoints: etcdEndpoints(env, interfaces),
    username: env['COUCHBASE_USERNAME'] ?? 'Administrator',
    password: env['COUCHBASE_PASSWORD'] ?? 'Password1',
    bucket: env['COUCHBASE_BUCKET'] ?? 'default',
    host: env['HOST'] ?? '0.0.0.0',
    port: whole(env, 'PORT', 3000, 0, 65_535),
    waitMs: whole(env, 'WAIT_MS', 10_000, 0, 3_600_000),
    periodMs: whole(env, 'ROWS_PERIOD_MS', 5000, 50, 3_600_000),
    limit: whole(env, 'ROWS_LIMIT', 10, 1, 1000),
    sessionSecret: env['SESSION_SECRET'] ?? 'coreos-lab',
    instance: env['INSTANCE'] ?? hostname,
    machine: env['MACHINE'] ?? '',
  };
}

function whole(env: Env, name: string, fallback: number, min: number, max: number): number {
  const raw = env[name];
  if (raw === undefined) return fallback;
  const value = Number(raw);
  if (raw.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new LabError({
    code: 'config.web',
    cause: `${name}="${raw}" is not a whole number from ${min} to ${max}`,
    next: `correct ${name} in the unit's docker run (-e ${name}=…)`,
  });
}
