import { etcdFailure } from '../etcd-failure.ts';
import type { InTurn } from './in-turn.ts';
import type { KeysRequest } from './keys-request.ts';
import type { Member } from './member.ts';
import type { Picture } from './member-wire.ts';
import { nodeOf, ownTime } from './node.ts';
import { placeOf, readsOf } from './place.ts';
import { planAtOnce } from './plan-at-once.ts';
import { planWrite } from './plan.ts';
import type { KeyAnswer } from './read-key.ts';
import type { Refusal } from './refusal.ts';
import { timeLeftOf } from './times-left.ts';
import { writeAnswer } from './write-answer.ts';
import { endLease, isRenewed, leaseHolding, moveContents, newLease } from './write-leases.ts';

/**
 * `PUT`, `POST`, `DELETE`. Most are one transaction; else it looks at the place, plans, and writes in one transaction; when the place has
 * changed meanwhile, again.
 * @param turns of the writes by this process, by path
 * @param now ms since 1970
 * @throws LabError of `etcdFailure`; `timeout.etcd` also when others kept changing the place for as long as a request may take
 */
export async function writeKey(
  member: Member,
  turns: InTurn,
  request: KeysRequest,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  const endAt = performance.now() + member.timeoutMs;
  const found = await writeAtOnce(member, request, now);
  if (found !== undefined && !('answers' in found)) return found;
  // Each would make the others look again.
  return turns(request.path, () => tryUntil(endAt, member, request, found, now));
}

/** Without a look before. @returns what stands in the way; undefined: this needs a look */
async function writeAtOnce(
  member: Member,
  request: KeysRequest,
  now: () => number,
): Promise<KeyAnswer | Refusal | Picture | undefined> {
  const plan = planAtOnce(request);
  if (plan === undefined) return undefined;
  const { path, value } = request;
  const done = await member.write(plan, readsOf(path), member.timeoutMs);
  if ('found' in done) {
    const planned = planWrite(request, placeOf(path, done.found.answers, done.found.revision));
    return 'code' in planned ? planned : done.found;
  }
  const { before, revision } = done;
  const held = await leaseHolding(member, before);
  endLease(member, held?.id);
  const { action, conditions, writes } = plan;
  const common = { contents: undefined, path, value, isDirectory: false, ttl: undefined, refresh: false };
  const written = { action, conditions, writes, ...common, before, prevNode: before && nodeOf(before) };
  return writeAnswer(written, revision, timeLeftOf(held, now()), now());
}

/** @param seen what stood there a moment ago */
async function tryUntil(
  endAt: number,
  member: Member,
  request: KeysRequest,
  seen: Picture | undefined,
  now: () => number,
): Promise<KeyAnswer | Refusal> {
  const reads = readsOf(request.path);
  const left = () => endAt - performance.now();
  let granted: string | undefined;
  let kept: string | undefined;
  try {
    if (left() <= 0) throw changing(member);
    for (let found = seen ?? (await member.read(reads, 'quorum', left())); left() > 0;) {
      const plan = planWrite(request, placeOf(request.path, found.answers, found.revision));
      if ('code' in plan) return plan;
      const held = await leaseHolding(member, plan.before);
      const prevTime = ownTime(timeLeftOf(held, now()), plan.before?.key ?? '');
      const renewed = (await isRenewed(member, plan, held)) ? held?.id : undefined;
      if (plan.refresh && renewed !== undefined) return writeAnswer(plan, found.revision, prevTime, now());
      if (plan.ttl !== undefined && renewed === undefined) granted ??= await newLease(member, plan.ttl);
      const lease = renewed ?? granted;
      if (!(await moveContents(member, plan, lease ?? plan.contents?.lease, left()))) {
        found = await member.read(reads, 'quorum', left());
        continue;
      }
      const done = await member.write({ ...plan, lease }, reads, Math.max(left(), shortestMs));
      if ('found' in done) {
        ({ found } = done);
        continue;
      }
      kept = lease;
      if (held?.id !== lease) endLease(member, held?.id);
      return writeAnswer(plan, done.revision, prevTime, now());
    }
  } finally {
    // A write of which no answer came may have been carried out: its lease is needed then, and runs out otherwise.
    if (granted !== kept) endLease(member, granted);
  }
  throw changing(member);
}

/** For a write that came to its turn late. */
const shortestMs = 50;

function changing(member: Member) {
  return etcdFailure('timeout.etcd', member.endpoint, 'txn', 'the key kept changing');
}
