import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { Tampering } from '#simulation/machines/fleetd.ts';
import type { Fault, Plan } from '#simulation/plan/plan.ts';
import { runPlan } from '#simulation/run/run-plan.ts';
import { create, destroy, fault, metadata, smallPlan, want } from './small-plan.ts';

const keys = fleetKeys();

/** A unit that systemd refuses to start. */
function broken(unit: string) {
  return { operation: { kind: 'create', unit, text: '[Service]\nRestart=no\n', desired: 'launched' } } as const;
}

/** What the simulation found in fleet, made short; each of these broke a promise before it was mended. */
const found: Readonly<Record<string, Plan>> = {
  // Two transactions in a row, the user's and the engine's: between them the agent started the new text where it was.
  'new content that asks for another machine does not start where the old one ran': smallPlan(
    [create(60, 'a.service', 'MachineMetadata=slot=1'), create(70, 'a.service', 'MachineMetadata=slot=2')],
    80,
  ),
  'a unit that moves starts when it has stopped where it was': smallPlan(
    [create(60, 'a.service', 'MachineMetadata=rack=a', 5_000), metadata(70, 'core-01', 'rack', 'b')],
    80,
  ),
  'so does one that is destroyed and made anew for another machine': smallPlan(
    [
      create(60, 'a.service', 'MachineMetadata=slot=1', 5_000),
      destroy(70, 'a.service'),
      create(71, 'a.service', 'MachineMetadata=slot=2'),
    ],
    80,
  ),
  'a unit starts when what it must not be beside has stopped there': smallPlan([
    create(10, 'a.service', 'MachineMetadata=slot=1', 5_000),
    want(20, 'a.service', 'inactive'),
    create(21, 'b.service', 'MachineMetadata=slot=1\nConflicts=a.service'),
  ]),
  'so does a global one': smallPlan([
    create(10, 'a.service', 'MachineMetadata=slot=1', 5_000),
    create(20, 'b.service', 'Global=true\nConflicts=a.service'),
    want(21, 'a.service', 'inactive'),
  ]),
  // Whatever says that a start is coming must not be said and taken back at each new try.
  'a start that fails again and again leaves etcd alone': smallPlan(
    [{ ...create(10, 'a.service'), ...broken('a.service') }],
    60,
  ),
  'a unit stays that needs metadata set through the API, when its machine has lost its lease': smallPlan(
    [
      metadata(10, 'core-01', 'rack', 'z'),
      create(20, 'a.service', 'MachineMetadata=rack=z'),
      create(20, 'b.service', 'Global=true\nMachineMetadata=rack=z'),
      fault(70, { fault: 'revoke', on: 1 }),
    ],
    80,
  ),
  // What systemd did of a stop that it had not answered yet is known to nobody who comes after.
  'a unit whose stop got no answer starts, though fleetd was killed before it was wanted again': smallPlan(
    [
      fault(20, { fault: 'systemd', on: 1, slowness: 8, stumbles: 0, lastsMs: 120_000 }),
      ...[0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].flatMap((killedAfter, index) => [
        create(10, `u${index}.service`, 'MachineMetadata=slot=1'),
        want(30 + 10 * index, `u${index}.service`, 'loaded'),
        fault(30 + 10 * index + killedAfter, { fault: 'kill', daemon: 'fleetd', on: 1 }),
        want(30 + 10 * index + killedAfter, `u${index}.service`, 'launched'),
      ]),
    ],
    130,
  ),
};

test.each(Object.entries(found))('%s', async (_, plan) => {
  expect((await runPlan(plan)).violation).toBeUndefined();
});

// An agent that waited for etcd's answer to something else stopped its units up to 4 s too late.
test.each([2, 3, 4, 5])('a fence that closes does not wait for answers of etcd: TTL of %d s', async (ttlSeconds) => {
  const { fleet, ...plan } = smallPlan(
    [
      create(5, 'a.service', '', 4_000),
      ...Array.from({ length: 100 }, (_, index) => metadata(20 + index / 4, 'core-01', 'rack', String(index))),
      fault(25, { fault: 'partition', machines: [2, 3], direction: 'in', lastsMs: 20_000 }),
    ],
    60,
  );
  expect((await runPlan({ ...plan, fleet: { ...fleet, ttlSeconds, fence: true } })).violation).toBeUndefined();
});

test('the judge lets a unit go that keeps away what the unit that it goes with has to be beside', async () => {
  const plan = smallPlan([
    create(5, 'near.service', 'MachineOf=db.service'),
    create(6, 'db.service'),
    create(7, 'pin.service', 'Global=true\nConflicts=near.service'),
    create(15, 'db.service', 'MachineOf=pin.service'),
  ]);
  expect((await runPlan(plan)).violation).toBeUndefined();
});

test('the judge lets a fleetd that leaves, and is killed in the midst of that, stop what it has told systemd to', async () => {
  for (let ms = 1; ms <= 100; ms += 3) {
    const plan = smallPlan(
      [
        create(5, 'a.service', 'MachineMetadata=slot=2', 3_000),
        fault(90, { fault: 'leave', on: 2, lastsMs: 700 }),
        fault(90 + ms / 1000, { fault: 'kill', daemon: 'fleetd', on: 2 }),
      ],
      100,
    );
    expect((await runPlan(plan)).violation, `${ms} ms`).toBeUndefined();
  }
});

test('a unit that is moved while it is loaded runs once', async () => {
  const plan = smallPlan(
    [
      create(10, 'db.service', 'MachineMetadata=slot=1'),
      create(12, 'near.service', 'MachineMetadata=slot=2', 0, 'loaded'),
      create(60, 'near.service', 'MachineOf=db.service'),
    ],
    80,
  );
  // The engine's decision comes when the agent has looked and is loading; the agent's word when the other machine has looked.
  const lateMs = (key: string): number => (key.startsWith(keys.states) ? 600 : key.endsWith('/target') ? 400 : 0);
  const tampering: Tampering = {
    store: (store) => ({
      ...store,
      async transact(guards, writes) {
        const late = Math.max(0, ...writes.map((write) => lateMs('put' in write ? write.put : '')));
        await new Promise((resolve) => setTimeout(resolve, late));
        return store.transact(guards, writes);
      },
    }),
  };
  expect((await runPlan(plan, { tampering })).violation).toBeUndefined();
});

// Its former lease ran out between its registration and its first word on the new one, and took what it had said before.
test.each([
  ['that stood still', (ms: number): Fault => ({ fault: 'pause', daemon: 'fleetd', on: 2, lastsMs: ms })],
  ['whose fleetd was killed', (): Fault => ({ fault: 'kill', daemon: 'fleetd', on: 2 })],
])('a machine %s and registers anew still says what has not ended on it', async (_, faultOf) => {
  const tampering: Tampering = {
    store: (store, machine) => ({
      ...store,
      async transact(guards, writes) {
        const puts = writes.flatMap((write) => ('put' in write ? [write.put] : []));
        const isWord = puts.length > 0 && puts.every((key) => key.startsWith(keys.states));
        if (machine === 'core-02' && isWord) await new Promise((resolve) => setTimeout(resolve, 700));
        return store.transact(guards, writes);
      },
    }),
  };
  for (let ms = 1_600; ms <= 2_600; ms += 50) {
    const { fleet, ...plan } = smallPlan(
      [
        create(5, 'slow.service', 'MachineMetadata=slot=2', 8_000),
        metadata(120, 'core-03', 'slot', '2'),
        metadata(120.3, 'core-02', 'slot', '9'),
        fault(121.5 + (ms % 500) / 1000, faultOf(ms)),
      ],
      140,
    );
    const history = runPlan({ ...plan, fleet: { ...fleet, ttlSeconds: 2 } }, { tampering });
    expect((await history).violation, `${ms} ms`).toBeUndefined();
  }
});
