import type { Member } from '#provision/cluster/members/member.ts';
import type { MembersSeen } from '#provision/cluster/members/plan-members.ts';

export const machines = [1, 2, 3].map((n) => ({ name: `core-0${n}`, address: `172.17.8.10${n}` }));

/** `core-02` as it is listed: running for long, named but never started, or added by a killed run. */
export function member(machine: string, kind: 'started' | 'awaited' | 'added' = 'started'): Member {
  const n = Number(machine.slice(-2));
  return {
    id: String(n * 111),
    name: kind === 'added' ? '' : machine,
    peerUrls: [`http://172.17.8.10${n}:2380`],
    started: kind === 'started',
  };
}

/** Three machines, of which these are to be made; the others run unless they are said to be halted. */
export function seen(options: {
  fresh: readonly string[];
  halted?: readonly string[];
  members?: readonly Member[] | undefined;
  all?: MembersSeen['machines'];
}): MembersSeen {
  const { fresh, halted = [], all = machines } = options;
  const kept = all.map(({ name }) => name).filter((name) => !fresh.includes(name));
  const members = 'members' in options ? options.members : all.map(({ name }) => member(name));
  return {
    machines: all,
    range: '172.17.8.0/24',
    fresh,
    kept,
    running: kept.filter((name) => !halted.includes(name)),
    members,
  };
}
