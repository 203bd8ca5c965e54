import { mustHave } from '#errors/must-have.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import { leftOverMembers, nameOf } from './left-over-members.ts';
import { machineOf } from './machine-of.ts';
import { type Member } from './member.ts';

/** What is to be done about etcd's members before machines without a disk can be made. */
export type MemberPlan =
  /** They begin (or complete) a cluster whose members all start for the first time. */
  | { readonly kind: 'bootstrap' }
  | { readonly kind: 'replace'; readonly steps: readonly MemberStep[] }
  | { readonly kind: 'refuse'; readonly cause: string; readonly next: string };

/** `join`: the member is added, then its machine is made and boots; only one at a time. */
export type MemberStep =
  | { readonly action: 'remove'; readonly machine: string; readonly id: string }
  | { readonly action: 'join'; readonly machine: string };

export interface MembersSeen {
  readonly machines: readonly { readonly name: string; readonly address: string }[];
  /** The machines' network, `172.17.8.0/24`. */
  readonly range: string;
  /** Machines to be made: their disk is new. */
  readonly fresh: readonly string[];
  /** Machines that have a disk, whether they run or not. */
  readonly kept: readonly string[];
  /** Those of `kept` that run. */
  readonly running: readonly string[];
  /** What etcd says; undefined when there is no machine to ask. */
  readonly members: readonly Member[] | undefined;
}

/**
 * Decides by what is there, never by what was done before, so that a run that was killed half way is simply continued.
 * Pure. Old members are removed before new ones are added: a dead member counts for the quorum as long as it is listed
 * (etcd documentation, "Runtime reconfiguration"). A member that a killed run had added is removed too and added again,
 * because it may have voted already on a disk that is gone.
 */
export function planMembers(seen: MembersSeen): MemberPlan {
  const { machines, fresh, kept, running, members } = seen;
  if (fresh.length === 0) return { kind: 'replace', steps: [] };
  if (kept.length === 0) return { kind: 'bootstrap' };
  if (members === undefined) {
    return {
      kind: 'refuse',
      cause: `etcd must be asked to take ${list(fresh)} in, and ${list(kept)}, where its data is, ${kept.length === 1 ? 'does' : 'do'} not run`,
      next: 'lab up',
    };
  }
  const membersOf = (machine: string) => members.filter((member) => machineOf(member, machines) === machine);
  if (fresh.every((machine) => neverStarted(membersOf(machine), machine))) return { kind: 'bootstrap' };

  const leftOver = leftOverMembers(members, machines, seen.range);
  const old = [...leftOver, ...fresh.flatMap(membersOf)];
  const others = members.filter((member) => !old.includes(member));
  const alive = others.filter((member) => running.some((name) => name === machineOf(member, machines)));
  const down = others.filter((member) => !alive.includes(member));
  if (alive.length < quorumOf(members.length)) return withoutQuorum(seen, alive.length, members.length, down.length);
  const [missing] = down;
  if (missing !== undefined) return notConnected(missing, machineOf(missing, machines), seen);
  return {
    kind: 'replace',
    steps: [
      ...leftOver.map((member): MemberStep => ({ action: 'remove', machine: nameOf(member), id: member.id })),
      ...fresh.flatMap((machine) =>
        membersOf(machine).map(({ id }): MemberStep => ({ action: 'remove', machine, id })),
      ),
      ...fresh.map((machine): MemberStep => ({ action: 'join', machine })),
    ],
  };
}

/** Named from the start and never heard of: it may still begin as etcd's own check of a new member allows it. */
function neverStarted(members: readonly Member[], machine: string): boolean {
  return members.length === 1 && members.every(({ name, started }) => name === machine && !started);
}

function withoutQuorum(seen: MembersSeen, alive: number, all: number, down: number): MemberPlan {
  const quorum = quorumOf(all);
  const halted = seen.kept.filter((machine) => !seen.running.includes(machine));
  const cause = `etcd has no quorum to replace the member of ${list(seen.fresh)}: of its ${all} members ${alive} ${alive === 1 ? 'runs' : 'run'}, and ${quorum} must`;
  // Halted machines still hold their part of the data; destroyed ones do not, and no quorum can be made of less.
  if (down > 0 && alive + halted.length >= quorum) return { kind: 'refuse', cause, next: 'lab up' };
  return {
    kind: 'refuse',
    cause: `${cause}; the other disks are gone, so what etcd stored is lost`,
    next: 'lab destroy && lab up',
  };
}

/** etcd refuses to add a member while one is not connected (its strict reconfiguration check). */
function notConnected(member: Member, machine: string | undefined, { running }: MembersSeen): MemberPlan {
  const cause = 'etcd takes a new member in only while all others are connected';
  if (machine !== undefined) return { kind: 'refuse', cause: `${cause}, and ${machine} does not run`, next: 'lab up' };
  return {
    kind: 'refuse',
    cause: `${cause}, and ${nameOf(member)} is no machine of this lab`,
    // Whoever answered for the members runs.
    next: `lab ssh ${mustHave(running[0], 'running machine')} -- etcdctl member remove ${BigInt(member.id).toString(16)}`,
  };
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
