import { isDeepStrictEqual } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import { until } from '../conditions/conditions.ts';
import { lookAtMembers } from './look-at-members.ts';
import { type MemberView } from './member.ts';
import { type MemberPlan, type MembersSeen, planMembers } from './plan-members.ts';

/** A member that has just started reads its own log before it knows all that it knew. */
const settledMs = 2_000;

/**
 * Looks at etcd until what it says can be acted on, and plans. While enough members run for a quorum, only a quorum's
 * word counts; else the word of those that run, once it no longer changes.
 * @param options.everServed has etcd on a machine that runs ever answered clients, so has there been a quorum?
 * @throws LabError `state.quorum` when the members cannot be replaced, `timeout.condition`
 */
export async function decideMembers(
  seen: Omit<MembersSeen, 'members'>,
  options: {
    withinMs: number;
    /** How many times slower than usual the machines are (LabConfig.stretch). */
    stretch: number;
    onMissing: (missing: string) => void;
    everServed: () => Promise<boolean>;
  },
): Promise<Exclude<MemberPlan, { kind: 'refuse' }>> {
  const addresses = seen.machines.filter(({ name }) => seen.running.includes(name)).map(({ address }) => address);
  let view: MemberView | undefined;
  let sinceMs = 0;
  const missing = async (): Promise<string | undefined> => {
    const now = await lookAtMembers(addresses, options.stretch);
    if (!isDeepStrictEqual(now, view)) sinceMs = performance.now();
    view = now;
    if (now === undefined) return 'no member of etcd answers yet';
    if (now.quorum) return undefined;
    if (seen.running.length >= quorumOf(now.members.length)) return 'etcd has no leader yet';
    return performance.now() - sinceMs >= settledMs * options.stretch ? undefined : 'too few members run for a quorum';
  };
  const mustAsk = seen.kept.length > 0 && addresses.length > 0;
  if (mustAsk)
    await until(
      { name: 'etcd says who its members are', missing },
      { withinMs: options.withinMs, onMissing: options.onMissing, everyMs: 100, next: 'lab status' },
    );
  let members = view?.members;
  // What was agreed on last may not have reached a disk: a restarted member can forget that the others had started.
  if (view?.quorum === false && (await options.everServed()))
    members = view.members.map((member) => ({ ...member, started: true }));
  const plan = planMembers({ ...seen, members });
  if (plan.kind !== 'refuse') return plan;
  throw new LabError({ code: 'state.quorum', cause: plan.cause, next: plan.next });
}
