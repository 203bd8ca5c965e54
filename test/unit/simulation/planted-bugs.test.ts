import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { EtcdStore, Guard, Write } from '#platform/etcd/store.ts';
import type { SystemdDriver } from '#platform/systemd/driver.ts';
import { allCheckers } from '#simulation/checkers/all-checkers.ts';
import type { Tampering } from '#simulation/machines/fleetd.ts';
import { machineId, type Fault, type Plan } from '#simulation/plan/plan.ts';
import { runPlan } from '#simulation/run/run-plan.ts';
import { create, destroy, fault, metadata, smallPlan, want } from './small-plan.ts';

const keys = fleetKeys();

/** A bug as somebody might write it, at a seam of fleetd; and what happens to a fleet that has it. */
interface Planted {
  readonly bug: string;
  readonly tampering: Tampering;
  readonly plan: Plan;
}

type Put = Extract<Write, { put: string }>;
const isPut = (write: Write): write is Put => 'put' in write;
const places = (write: Write): write is Put => isPut(write) && /\/job\/.*\/target$/.test(write.put);

/** Transactions as they are changed on their way; true or false: they are said to be done, or not, and are not carried out. */
type Change = (
  guards: readonly Guard[],
  writes: readonly Write[],
) => { readonly guards?: readonly Guard[]; readonly writes?: readonly Write[] } | boolean;

const transactions = (change: Change): Tampering => ({
  store: (store) => ({
    ...store,
    async transact(guards, writes) {
      const changed = change(guards, writes);
      if (typeof changed === 'boolean') return changed ? 1 : undefined;
      return store.transact(changed.guards ?? guards, changed.writes ?? writes);
    },
  }),
});
const putElsewhere = (number: number): Tampering =>
  transactions((_, writes) => ({
    writes: writes.map((write) => (places(write) ? { put: write.put, value: machineId(number) } : write)),
  }));
const store = (change: (plain: EtcdStore) => Partial<EtcdStore>): Tampering => ({
  store: (plain) => ({ ...plain, ...change(plain) }),
});
const systemd = (change: (plain: SystemdDriver) => Partial<SystemdDriver>): Tampering => ({
  systemd: (plain) => ({ ...plain, ...change(plain) }),
});
/** systemd's word of a unit taken for another. */
const misread = (when: (active: string) => boolean): Tampering =>
  systemd((plain) => ({
    async observe(names) {
      const observed = await plain.observe(names);
      const dead = { active: 'inactive', sub: 'dead' };
      return new Map([...observed].map(([name, is]) => [name, when(is.active) ? { ...is, ...dead } : is]));
    },
  }));

const one = create(10, 'a.service');

const planted: Readonly<Record<string, Planted>> = {
  'single-copy': {
    bug: 'a unit that has been told to stop is taken for one that has stopped',
    tampering: misread((active) => active === 'deactivating'),
    plan: smallPlan(
      [create(10, 'a.service', 'MachineMetadata=rack=a', 5_000), metadata(60, 'core-01', 'rack', 'b')],
      70,
    ),
  },
  'running-together': {
    bug: 'the same, of a unit that another one must not be beside',
    tampering: misread((active) => active === 'deactivating'),
    plan: smallPlan([
      create(10, 'a.service', 'MachineMetadata=slot=1', 5_000),
      want(20, 'a.service', 'inactive'),
      create(21, 'b.service', 'MachineMetadata=slot=1\nConflicts=a.service'),
    ]),
  },
  placement: {
    bug: 'every unit goes to the first machine',
    tampering: putElsewhere(1),
    plan: smallPlan([create(10, 'a.service', 'MachineMetadata=slot=2')]),
  },
  'living-machines': {
    bug: 'a unit goes to a machine that nobody has looked for',
    tampering: putElsewhere(9),
    plan: smallPlan([one]),
  },
  'leader-only': {
    bug: 'every engine takes itself for the leader, and nothing that it writes is guarded',
    tampering: transactions((guards, writes) => {
      if (writes.some((write) => isPut(write) && write.put === keys.leader)) return true;
      return { guards: guards.filter(({ key }) => key !== keys.leader) };
    }),
    plan: smallPlan([one]),
  },
  'needless-moves': {
    bug: 'whoever is placed drives another one away',
    tampering: transactions((_, writes) => {
      const other: Write = { put: keys.job('a.service').target, value: machineId(3) };
      return {
        writes: writes.some((write) => places(write) && write.put.includes('b.service')) ? [...writes, other] : writes,
      };
    }),
    plan: smallPlan([one, create(20, 'b.service')]),
  },
  'agents-obey': {
    bug: 'an agent that begins anew stops what it finds',
    tampering: systemd((plain) => {
      let isFirst = true;
      return {
        async installed() {
          const found = await plain.installed();
          if (isFirst) await plain.stop(found.map(({ name }) => name));
          isFirst = false;
          return found;
        },
      };
    }),
    plan: smallPlan([one, fault(60, { fault: 'kill', daemon: 'fleetd', on: 1 })], 70),
  },
  'nothing-lost': {
    bug: 'an answer is given before anything is written, and then nothing is',
    tampering: transactions((_, writes) =>
      writes.some((write) => isPut(write) && write.value === 'loaded') ? true : {},
    ),
    plan: smallPlan([one, want(20, 'a.service', 'loaded')]),
  },
  convergence: {
    bug: 'a unit is said to be started, and is not',
    tampering: systemd(() => ({ start: async () => new Map() })),
    plan: smallPlan([one]),
  },
  'states-told': {
    bug: 'what is published of a unit that has gone stays',
    tampering: transactions((_, writes) => {
      const kept = writes.filter((write) => isPut(write) || !write.delete.startsWith(keys.states));
      return { writes: kept.filter((write) => !isPut(write) || !write.value.includes('inactive')) };
    }),
    plan: smallPlan([one, destroy(20, 'a.service')]),
  },
  quiet: {
    bug: 'whoever looks at etcd leaves a mark there',
    tampering: store((plain) => ({
      async list(prefix) {
        await plain.put(`${keys.prefix}looked`, 'yes');
        return plain.list(prefix);
      },
    })),
    plan: smallPlan([one]),
  },
  'daemons-live': {
    bug: 'systemd’s word of a unit is not expected',
    tampering: systemd((plain) => ({
      follow: () =>
        plain.follow(() => {
          throw new Error('who is that?');
        }),
    })),
    plan: smallPlan([one]),
  },
};

test.each(Object.entries(planted))('%s finds the bug planted for it', async (checker, { tampering, plan }) => {
  expect((await runPlan(plan)).violation).toBeUndefined();
  expect((await runPlan(plan, { tampering })).violation?.checker).toBe(checker);
});

test('a unit that is put beside one that replaces it is found', async () => {
  const plan = smallPlan([
    create(10, 'a.service', 'Replaces=b.service\nMachineMetadata=slot=1'),
    create(20, 'b.service'),
  ]);
  expect((await runPlan(plan)).violation).toBeUndefined();
  const { violation } = await runPlan(plan, { tampering: putElsewhere(1) });
  expect(violation).toMatchObject({
    checker: 'placement',
    what: expect.stringContaining('Replaces=b.service of a.service means b.service') as string,
  });
});

test('a replacer that starts before the other has ended is found', async () => {
  const plan = smallPlan([
    create(10, 'b.service', '', 5_000),
    create(20, 'a.service', 'Replaces=b.service\nMachineMetadata=slot=1'),
  ]);
  expect((await runPlan(plan)).violation).toBeUndefined();
  const { violation } = await runPlan(plan, { tampering: misread((active) => active === 'deactivating') });
  expect(violation?.checker).toBe('running-together');
});

test('with a fence a machine that is cut off stops its unit before another one starts it; without, that is found', async () => {
  const plan = smallPlan(
    [one, fault(20, { fault: 'partition', machines: [1], direction: 'both', lastsMs: 40_000 })],
    80,
  );
  const fenced = { ...plan, fleet: { ...plan.fleet, fence: true } };
  const turns: string[] = [];
  const outcome = await runPlan(fenced, {
    onEvent: (event) => event.kind === 'unit' && turns.push(`${event.machine} ${event.active}`),
  });
  expect(outcome.violation).toBeUndefined();
  const [down, up] = [turns.indexOf('core-01 inactive'), turns.findIndex((turn) => /core-0[23] active/.test(turn))];
  expect([down >= 0, up > down]).toEqual([true, true]);
  expect((await runPlan(plan, { isFenced: true })).violation?.checker).toBe('single-copy');
});

test('a unit that moves between machines that are there waits for its end alone, with a fence as without', async () => {
  const moved = smallPlan(
    [create(10, 'a.service', 'MachineMetadata=rack=a', 2_000), metadata(60, 'core-01', 'rack', 'b')],
    80,
  );
  for (const fence of [false, true]) {
    const turns: [active: string, atMs: number][] = [];
    const outcome = await runPlan(
      { ...moved, fleet: { ...moved.fleet, fence } },
      { onEvent: (event) => event.kind === 'unit' && turns.push([event.active, event.at]) },
    );
    expect(outcome.violation).toBeUndefined();
    const [ended, begun] = turns.slice(-3);
    expect([ended?.[0], begun?.[0]]).toEqual(['inactive', 'activating']);
    expect((begun?.[1] ?? Infinity) - (ended?.[1] ?? 0)).toBeLessThan(1_000);
  }
});

test('the last machine goes on, and is excused only while it is that: others that come back cannot tell it from one that is off', async () => {
  const alone = smallPlan(
    [
      create(25, 'a.service'),
      fault(20, { fault: 'leave', on: 1, lastsMs: 20_000 }),
      fault(20, { fault: 'leave', on: 2, lastsMs: 20_000 }),
      fault(35, { fault: 'partition', machines: [3], direction: 'both', lastsMs: 40_000 }),
    ],
    100,
  );
  const plan = { ...alone, fleet: { ...alone.fleet, fence: true } };
  const log: string[] = [];
  const outcome = await runPlan(plan, {
    onEvent: (event) => {
      if (event.kind === 'log') log.push(`${event.machine} ${event.line}`);
      if (event.kind === 'unit') log.push(`${event.machine} ${event.active}`);
    },
  });
  expect(outcome.violation).toBeUndefined();
  const story = log.flatMap(
    (line) => /^core-0\d (active|inactive|fence event=\S+|presence event=registered)/.exec(line)?.[0] ?? [],
  );
  expect(story.slice(story.indexOf('core-03 active')).filter((line) => !/^core-0[12] presence/.test(line))).toEqual([
    'core-03 active',
    'core-03 fence event=stays-open',
    'core-01 active',
    'core-03 presence event=registered',
    'core-03 inactive',
  ]);
});

test.each([19.9, 20.5, 22, 24, 26])(
  'the fence holds when fleetd is killed beside the cut, at %d s',
  async (seconds) => {
    const cut = fault(20, { fault: 'partition', machines: [1], direction: 'both', lastsMs: 40_000 });
    const plan = smallPlan(
      [create(10, 'a.service', '', 1_000), cut, fault(seconds, { fault: 'kill', daemon: 'fleetd', on: 1 })],
      80,
    );
    const turns: string[] = [];
    const outcome = await runPlan(
      { ...plan, fleet: { ...plan.fleet, fence: true } },
      { onEvent: (event) => event.kind === 'unit' && turns.push(`${event.machine} ${event.active}`) },
    );
    expect(outcome.violation).toBeUndefined();
    const [down, up] = [turns.indexOf('core-01 inactive'), turns.findIndex((turn) => /core-0[23] active/.test(turn))];
    expect([down >= 0, up > down]).toEqual([true, true]);
  },
);

test('with a fence, who leaves in order is not waited for; who loses power is', async () => {
  const secondsUntilElsewhere = async (what: Fault): Promise<number> => {
    const plan = smallPlan([one, fault(20, what)], 60);
    let up = Number.NaN;
    const outcome = await runPlan(
      { ...plan, fleet: { ...plan.fleet, fence: true } },
      {
        onEvent: (event) => {
          if (event.kind === 'unit' && event.active === 'active' && event.at > 20_000) up = event.at;
        },
      },
    );
    expect(outcome.violation).toBeUndefined();
    return up / 1000 - 20;
  };
  expect(await secondsUntilElsewhere({ fault: 'leave', on: 1, lastsMs: 30_000 })).toBeLessThan(1.5);
  const waited = await secondsUntilElsewhere({ fault: 'power-off', on: 1, lastsMs: 30_000 });
  expect(waited).toBeGreaterThan(7.5);
  expect(waited).toBeLessThan(15);
});

test('a bug is planted for each checker', () => {
  const names = allCheckers(false).map(({ name }) => name);
  expect(Object.keys(planted).sort()).toEqual(names.sort());
});
