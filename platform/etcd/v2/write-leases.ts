import { LabError } from '#errors/lab-error.ts';
import { tell } from './action.ts';
import { isEtcdAway } from '../etcd-failure.ts';
import type { KeyValue, LeaseTtl } from '../store.ts';
import type { Member } from './member.ts';
import type { WritePlan } from './write-plan.ts';

/** A lease that a key hangs on. */
export interface HeldLease extends LeaseTtl {
  readonly id: string;
}

/** The lease of a key. Undefined: it has none, or nobody knows; then an answer does without its time. */
export async function leaseHolding(member: Member, kv: KeyValue | undefined): Promise<HeldLease | undefined> {
  if (kv === undefined || kv.lease === '0') return undefined;
  try {
    return { id: kv.lease, ...(await member.leases.leaseTtl(kv.lease)) };
  } catch (error) {
    if (isEtcdAway(error)) return undefined;
    throw error;
  }
}

/**
 * Gives a key its time to live anew by the lease that it has: a refresh needs no write then, and a heartbeat, which sets one key with
 * one time to live again and again, writes once and not three times.
 * @returns false when that lease is another one than wanted, or others hang on it; what is in a directory goes with it
 */
export async function isRenewed(member: Member, plan: WritePlan, held: HeldLease | undefined): Promise<boolean> {
  const { before, ttl, isDirectory } = plan;
  if (before === undefined || held === undefined || ttl === undefined) return false;
  if (held.granted !== leaseSeconds(ttl) || before.key.endsWith('/') !== isDirectory) return false;
  if (!held.keys.every((key) => (isDirectory ? key.startsWith(before.key) : key === before.key))) return false;
  try {
    return (await member.leases.keepAliveOnce(held.id)) > 0;
  } catch (error) {
    if (error instanceof LabError && error.code === 'state.etcd-lease') return false;
    throw error;
  }
}

/** A lease for what is to be written. */
export function newLease(member: Member, ttl: bigint): Promise<string> {
  return member.leases.grantOnce(leaseSeconds(ttl));
}

/** Operations of one transaction that etcd takes are 128, and so are its conditions. */
const mostAtOnce = 100;

/**
 * Has what is in a directory run out with it, from before its own lease changes: who looks meanwhile may find it on either. No watch of v2
 * tells of it.
 * @returns false when some of it changed meanwhile
 */
export async function moveContents(
  member: Member,
  { path, contents }: WritePlan,
  lease: string | undefined,
  withinMs: number,
): Promise<boolean> {
  if (contents === undefined || contents.hungOn === (lease ?? '0')) return true;
  const endAt = performance.now() + withinMs;
  const { answers } = await member.read([{ key: `${path}/`, prefix: true, keysOnly: true }], 'quorum', withinMs);
  const moved = answers.flat().filter((kv) => kv.lease === contents.hungOn && kv.key !== `${path}/`);
  for (let i = 0; i < moved.length; i += mostAtOnce) {
    const some = moved.slice(i, i + mostAtOnce);
    const conditions = some.map(({ key, modRevision }) => ({ key, modRevision }));
    const writes = [...some.map(({ key }) => ({ hang: key, lease })), ...tell('refresh')];
    const done = await member.write({ conditions, writes }, [], Math.max(1, endAt - performance.now()));
    if ('found' in done) return false;
  }
  return true;
}

/** Ends a lease that nothing hangs on any more. Nobody waits for it: when it fails, the lease runs out by itself. */
export function endLease(member: Member, lease: string | undefined): void {
  if (lease === undefined) return;
  member.leases
    .leaseTtl(lease)
    .then(({ keys }) => (keys.length === 0 ? member.leases.revokeLease(lease) : undefined))
    .catch(() => undefined);
}

/** etcd keeps no lease for longer ("too large lease TTL"). */
const longestLease = 9_000_000_000n;

function leaseSeconds(ttl: bigint): number {
  const most = ttl > longestLease ? longestLease : ttl;
  return Math.max(1, Number(most));
}
