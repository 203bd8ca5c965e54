import { LabError } from '#errors/lab-error.ts';
import { etcdFailure } from '../etcd-failure.ts';
import type { InTurn } from './in-turn.ts';
import type { KeysRequest } from './keys-request.ts';
import type { Member } from './member.ts';
import { timeOf, type V2Node } from './node.ts';
import { placeOf, readsOf } from './place.ts';
import { planWrite } from './plan.ts';
import type { KeyAnswer } from './read-key.ts';
import type { Refusal } from './refusal.ts';
import { timesLeft } from './times-left.ts';
import type { WritePlan } from './write-plan.ts';

/**
 * `PUT`, `POST`, `DELETE`: looks at the place, plans, and writes in one transaction; when the place has changed meanwhile, again.
 * @param turns of the writes by this process, by path
 * @param now ms since 1970
 * @throws LabError of `etcdFailure`; `timeout.etcd` also when others kept changing the place for as long as a request may take
 */
export function writeKey(
  member: Member,
  turns: InTurn,
  request: KeysRequest,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  const endAt = performance.now() + member.timeoutMs;
  // Each would make the others look again.
  return turns(request.path, () => tryUntil(endAt, member, request, now));
}

async function tryUntil(
  endAt: number,
  member: Member,
  request: KeysRequest,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  let lease: string | undefined;
  let kept = false;
  try {
    for (let left = endAt - performance.now(); left > 0; left = endAt - performance.now()) {
      const { answers, revision } = await member.read(readsOf(request.path), 'quorum', left);
      const plan = planWrite(request, placeOf(request.path, answers, revision));
      if ('code' in plan) return plan;
      const prevTimes = plan.before ? await timesLeft(member, [plan.before], now) : undefined;
      const answer = (index: number) => answerOf(plan, index, prevTimes?.get(plan.before?.lease ?? '0'), now());
      if (plan.refresh && (await keptAlive(member, plan))) return answer(revision);
      if (plan.ttl !== undefined) lease ??= await member.leases.grantOnce(leaseSeconds(plan.ttl));
      const written = await member.write(plan.conditions, plan.writes, lease);
      if (written === undefined) continue;
      kept = true;
      endLease(member, plan.before?.lease);
      return answer(written);
    }
  } finally {
    // A write of which no answer came may have been carried out: its lease is needed then, and runs out otherwise.
    if (!kept && lease !== undefined) endLease(member, lease);
  }
  throw etcdFailure('timeout.etcd', member.endpoint, 'txn', 'the key kept changing');
}

/** etcd keeps no lease for longer ("too large lease TTL"). */
const longestLease = 9_000_000_000n;

function leaseSeconds(ttl: bigint): number {
  const most = ttl > longestLease ? longestLease : ttl;
  return Math.max(1, Number(most));
}

/** A lease that has the wanted time to live already. */
async function keptAlive(member: Member, { before, ttl }: WritePlan): Promise<boolean> {
  if (before === undefined || before.lease === '0' || ttl === undefined) return false;
  const { granted } = await member.leases.leaseTtl(before.lease);
  if (granted !== leaseSeconds(ttl)) return false;
  try {
    return (await member.leases.keepAliveOnce(before.lease)) > 0;
  } catch (error) {
    if (error instanceof LabError && error.code === 'state.etcd-lease') return false;
    throw error;
  }
}

/** Ends a lease that nothing hangs on any more. Nobody waits for it: when it fails, the lease runs out by itself. */
function endLease(member: Member, lease: string | undefined): void {
  if (lease === undefined || lease === '0') return;
  member.leases
    .leaseTtl(lease)
    .then(({ keys }) => (keys.length === 0 ? member.leases.revokeLease(lease) : undefined))
    .catch(() => undefined);
}

/** JavaScript's last day; etcd itself overflows to the past or leaves such times out. */
const lastDayMs = 8.64e15;

function answerOf(plan: WritePlan, index: number, prevTime: Parameters<typeof timeOf>[0], now: number): KeyAnswer {
  const { action, path, value, isDirectory, before, prevNode, ttl } = plan;
  const removed = action === 'delete' || action === 'compareAndDelete';
  const seconds = ttl === undefined ? undefined : Number(ttl);
  const time = seconds === undefined ? {} : timeOf({ ttl: seconds, endsAt: Math.min(lastDayMs, now + seconds * 1000) });
  const sameKind = before !== undefined && before.key.endsWith('/') === isDirectory;
  const createdIndex = sameKind ? before.createRevision : (removed && prevNode?.createdIndex) || index;
  const node: V2Node = {
    key: path,
    ...(value === undefined ? {} : { value }),
    ...(isDirectory ? { dir: true } : {}),
    ...time,
    modifiedIndex: index,
    createdIndex,
  };
  const created = action === 'create' || (action === 'set' && prevNode === undefined);
  const answer = { action, node, index, created };
  return prevNode === undefined ? answer : { ...answer, prevNode: timed(prevNode, timeOf(prevTime)) };
}

/** In Go's order of fields. */
function timed({ modifiedIndex, createdIndex, ...first }: V2Node, time: Pick<V2Node, 'expiration' | 'ttl'>): V2Node {
  const indexes = modifiedIndex === undefined || createdIndex === undefined ? {} : { modifiedIndex, createdIndex };
  return { ...first, ...time, ...indexes };
}
