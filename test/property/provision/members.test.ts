import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerUrl } from '#platform/etcd/ports.ts';
import { type Member } from '#provision/cluster/members/member.ts';
import { type MemberStep, planMembers } from '#provision/cluster/members/plan-members.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';

interface World {
  readonly machines: readonly { readonly name: string; readonly address: string }[];
  readonly disks: ReadonlySet<string>;
  readonly running: ReadonlySet<string>;
  readonly members: readonly Member[];
  readonly nextId: number;
}

const look = ({ machines, disks, running, members }: World) => {
  const names = machines.map(({ name }) => name);
  const kept = names.filter((name) => disks.has(name));
  return {
    machines,
    range: '172.17.8.0/24',
    kept,
    fresh: names.filter((name) => !disks.has(name)),
    running: kept.filter((name) => running.has(name)),
    members: running.size === 0 ? undefined : members,
  };
};

/** A cluster that once was whole: some machines are destroyed, some of the others halted. */
const world = fc.integer({ min: 1, max: 7 }).chain((count) => {
  const machines = Array.from({ length: count }, (_, i) => ({
    name: `core-0${i + 1}`,
    address: `172.17.8.${101 + i}`,
  }));
  const names = machines.map(({ name }) => name);
  return fc
    .record({ destroyed: fc.subarray(names), halted: fc.subarray(names) })
    .map(({ destroyed, halted }): World => {
      const disks = names.filter((name) => !destroyed.includes(name));
      const members = machines.map(({ name, address }, i) => ({
        id: String(i + 1),
        name,
        peerUrls: [peerUrl(address)],
        started: true,
      }));
      return {
        machines,
        members,
        disks: new Set(disks),
        nextId: 100,
        running: new Set(disks.filter((name) => !halted.includes(name))),
      };
    });
});

/** What etcd and the provider make of a step; `half`: the run is killed between adding the member and making the disk. */
function carryOut(now: World, step: MemberStep, half = false): World {
  if (step.action === 'remove') return { ...now, members: now.members.filter(({ id }) => id !== step.id) };
  const address = now.machines.find(({ name }) => name === step.machine)?.address ?? '';
  const added = { id: String(now.nextId), name: '', peerUrls: [peerUrl(address)], started: false };
  const joined = { ...now, nextId: now.nextId + 1, members: [...now.members, added] };
  if (half) return joined;
  return {
    ...joined,
    members: joined.members.map((one) => (one === added ? { ...added, name: step.machine, started: true } : one)),
    disks: new Set([...now.disks, step.machine]),
    running: new Set([...now.running, step.machine]),
  };
}

const alive = ({ members, running }: World) =>
  members.filter(({ name, started }) => started && running.has(name)).length;

it('no step costs the cluster its quorum, and no member of a machine that has its disk is ever removed', () => {
  fc.assert(
    fc.property(world, (before) => {
      const plan = planMembers(look(before));
      if (plan.kind !== 'replace') return;
      let now = before;
      for (const step of plan.steps) {
        if (step.action === 'remove')
          expect(before.disks.has(before.members.find(({ id }) => id === step.id)?.name ?? '')).toBe(false);
        // Between adding a member and its start it counts, and does not vote.
        const between = carryOut(now, step, true);
        expect(alive(between)).toBeGreaterThanOrEqual(quorumOf(between.members.length));
        now = carryOut(now, step);
      }
      expect(now.members.map(({ name }) => name).sort()).toEqual(before.machines.map(({ name }) => name).sort());
    }),
  );
});

it('killed anywhere, the next run ends with the same cluster', () => {
  fc.assert(
    fc.property(world, fc.nat(), fc.boolean(), (before, cut, half) => {
      const plan = planMembers(look(before));
      if (plan.kind !== 'replace' || plan.steps.length === 0) return;
      const done = cut % plan.steps.length;
      let now = plan.steps.slice(0, done).reduce((world, step) => carryOut(world, step), before);
      const next = plan.steps[done];
      if (half && next !== undefined) now = carryOut(now, next, true);
      const again = planMembers(look(now));
      expect(again.kind).toBe('replace');
      if (again.kind !== 'replace') return;
      const end = again.steps.reduce((world, step) => carryOut(world, step), now);
      expect(end.members.every(({ started }) => started)).toBe(true);
      expect(end.members.map(({ name }) => name).sort()).toEqual(before.machines.map(({ name }) => name).sort());
      expect([...end.disks].sort()).toEqual(before.machines.map(({ name }) => name).sort());
    }),
  );
});

it('a cluster is begun anew only when no disk is left of an old one', () => {
  fc.assert(
    fc.property(world, (before) => {
      const plan = planMembers(look(before));
      const fresh = before.machines.length - before.disks.size;
      expect(plan.kind === 'bootstrap').toBe(fresh > 0 && before.disks.size === 0);
      if (plan.kind === 'refuse') expect(plan.next).toMatch(/^lab (up|destroy && lab up)$/);
    }),
  );
});
