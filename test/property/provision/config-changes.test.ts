import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerUrl } from '#platform/etcd/ports.ts';
import { changeNote } from '#provision/cluster/in-force/change-note.ts';
import { planChanges } from '#provision/cluster/in-force/plan-changes.ts';
import { planMembers } from '#provision/cluster/members/plan-members.ts';
import { supervisorSpec } from '#provision/cluster/supervisor-spec.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { liveChanges, specAfter } from '#provision/machines/ground/live-changes.ts';
import { quorumOf } from '#platform/etcd/quorum-of.ts';
import { configOf, seenChange } from '../../unit/provision/cluster/in-force/changed-lab.ts';

/** Each is read from its files once. */
const variants = [1, 2, 3, 4, 5].flatMap((count) =>
  [
    {},
    { rb: '$vm_memory = 1600\n' },
    { rb: '$instance_name_prefix = "node"\n' },
    { toml: '[network]\nhost = "172.17.8.253"\n' },
    { toml: '[timers]\netcd_election = "900ms"\n[ports]\nfleet_api = 5001\n' },
  ].map((more) => configOf(count, more)),
);
const config = fc.constantFrom(...variants);

/** Any two configurations, and any machines of the first whose disks are there or not, running or not. */
const change = fc.tuple(config, config).chain(([inForce, written]) =>
  fc
    .tuple(...inForce.machines.map(() => fc.constantFrom('running', 'running', 'stopped', 'absent' as const)))
    .map((states) => {
      const byName = Object.fromEntries(inForce.machines.map(({ name }, i) => [name, states[i] ?? 'running']));
      return seenChange(inForce, written, { states: byName });
    }),
);

const specOf = (config: LabConfig) =>
  supervisorSpec({ config, repoDir: '/checkout', registryStorage: undefined, osRootOf: () => '/cache/os' });
const namesOf = ({ machines }: { machines: readonly { name: string }[] }) => machines.map(({ name }) => name);

it('no change throws a disk away, moves a machine, or leaves etcd without a quorum', () => {
  fc.assert(
    fc.property(change, (seen) => {
      const plan = planChanges(seen);
      const disks = seen.machines.filter(({ state }) => state !== 'absent').map(({ name }) => name);
      if (plan.kind === 'refuse') {
        expect(plan.next).toMatch(/(again|back in lab\.toml), or .*lab destroy && lab up$/);
        expect(disks.length).toBeGreaterThan(0);
        return;
      }
      expect(namesOf(plan.config)).toEqual(expect.arrayContaining(disks));
      for (const name of disks) {
        const address = ({ machines }: LabConfig) => machines.find((machine) => machine.name === name)?.address;
        expect(address(plan.config)).toBe(address(seen.inForce));
      }
      const dropped = namesOf(seen.inForce).filter((name) => !namesOf(plan.config).includes(name));
      if (disks.length > 0 && dropped.length > 0)
        expect(disks.length).toBeGreaterThanOrEqual(quorumOf(seen.inForce.machines.length));
    }),
    { numRuns: 500 },
  );
});

it('etcd is asked to take a machine in only when the supervisor can boot it by then, and never without a quorum', () => {
  fc.assert(
    fc.property(change, (seen) => {
      const plan = planChanges(seen);
      if (plan.kind === 'refuse') return;
      const runs = namesOf(seen.inForce).filter((name) =>
        seen.machines.some((m) => m.name === name && m.state !== 'absent'),
      );
      if (runs.length === 0) return;
      const wanted = specOf(plan.config);
      // What `lab up` does before it speaks to etcd.
      const known = liveChanges(specOf(seen.inForce), wanted, runs).reduce(specAfter, specOf(seen.inForce));
      const members = seen.inForce.machines.map(({ name, address }, i) => ({
        id: String(i + 1),
        name,
        peerUrls: [peerUrl(address)],
        started: true,
      }));
      const fresh = namesOf(plan.config).filter((name) => !runs.includes(name));
      const range = plan.config.network.cidr;
      const forEtcd = planMembers({ machines: plan.config.machines, range, fresh, kept: runs, running: runs, members });
      if (forEtcd.kind !== 'replace') return;
      let listed = members.length;
      let alive = members.filter(({ name }) => runs.includes(name)).length;
      for (const step of forEtcd.steps) {
        listed += step.action === 'join' ? 1 : -1;
        expect(alive).toBeGreaterThanOrEqual(quorumOf(listed));
        if (step.action !== 'join') continue;
        expect(known.machines.find(({ name }) => name === step.machine)).toEqual(
          wanted.machines.find(({ name }) => name === step.machine),
        );
        alive += 1;
      }
    }),
    { numRuns: 500 },
  );
});

it('after all changes a supervisor knows the machines that are wanted, and nothing is left to change', () => {
  fc.assert(
    fc.property(config, config, (before, after) => {
      const wanted = specOf(after);
      const changes = liveChanges(specOf(before), wanted, namesOf(before));
      const end = changes.reduce(specAfter, specOf(before));
      expect(liveChanges(end, wanted, namesOf(before))).toEqual([]);
      expect(namesOf(end).sort()).toEqual(namesOf(wanted).sort());
    }),
  );
});

it('what does not hold with `lab up` is named, with a command', () => {
  fc.assert(
    fc.property(change, (seen) => {
      const plan = planChanges(seen);
      if (plan.kind === 'refuse') return;
      for (const later of plan.later) {
        expect(changeNote(later)).toContain(later.key);
        expect(changeNote(later)).toMatch(/applied by: lab (halt|destroy)/);
      }
    }),
  );
});
