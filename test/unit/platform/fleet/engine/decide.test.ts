import { describe, expect, test } from 'vitest';
import { decide } from '#platform/fleet/engine/decide.ts';
import type { EngineUnit, Machine } from '#platform/fleet/parts/model.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { requirementsOf } from '#platform/fleet/unit/requirements.ts';

const a: Machine = { id: 'aaaa1111aaaa', name: 'core-01', ip: '', metadata: { disk: 'ssd' } };
const b: Machine = { id: 'bbbb2222bbbb', name: 'core-02', ip: '', metadata: {} };
const c: Machine = { id: 'cccc3333cccc', name: 'core-03', ip: '', metadata: {} };

function unit(name: string, xfleet = '', more: Partial<EngineUnit> = {}): EngineUnit {
  const options = parseUnitFile(`[Service]\nExecStart=/x\n[X-Fleet]\n${xfleet}\n`, name);
  return { name, requirements: requirementsOf(name, options), desired: 'launched', ...more };
}
const pass = (machines: Machine[], units: EngineUnit[], missingMachinesAreDead = true) =>
  decide({ machines, units, missingMachinesAreDead });
const places = (machines: Machine[], units: EngineUnit[]) =>
  Object.fromEntries(pass(machines, units).map((d) => [d.unit, 'to' in d ? d.to.slice(0, 4) : d.kind]));

describe('placement', () => {
  test('least loaded machine first, the lowest id among equals', () => {
    expect(places([c, b, a], [unit('1.service'), unit('2.service'), unit('3.service'), unit('4.service')])).toEqual({
      '1.service': 'aaaa',
      '2.service': 'bbbb',
      '3.service': 'cccc',
      '4.service': 'aaaa',
    });
  });

  test('a global unit counts as load where it runs', () => {
    const global = unit('g.service', 'Global=true\nMachineMetadata=disk=ssd');
    expect(places([a, b], [global, unit('1.service')])).toEqual({ '1.service': 'bbbb' });
  });

  test('a chain of followers lands beside its target in the same pass, whatever the names', () => {
    const units = [
      unit('a.service', 'MachineOf=b.service'),
      unit('b.service', 'MachineOf=z.service'),
      unit('z.service'),
    ];
    expect(places([a, b], units)).toEqual({ 'z.service': 'aaaa', 'b.service': 'aaaa', 'a.service': 'aaaa' });
  });

  test('the chapter: the third web waits, and the reason names what stands in the way', () => {
    const web = (n: number) => unit(`web@${n}.service`, 'Conflicts=web@*.service');
    expect(pass([a, b], [web(1), web(2), web(3)]).at(-1)).toEqual({
      kind: 'block',
      unit: 'web@3.service',
      reason:
        'core-01 (aaaa1111...) runs web@1.service, which conflicts with web@*.service; core-02 (bbbb2222...) runs web@2.service, which conflicts with web@*.service',
      blocked: [
        'core-01 (aaaa1111...) runs web@1.service, which conflicts with web@*.service',
        'core-02 (bbbb2222...) runs web@2.service, which conflicts with web@*.service',
      ],
    });
  });

  test('Conflicts of a unit that is there already repels a new one', () => {
    const there = unit('lonely.service', 'Conflicts=*.service', { target: a.id });
    expect(pass([a], [there, unit('new.service')])).toMatchObject([
      { kind: 'block', blocked: ['core-01 (aaaa1111...) runs lonely.service, which refuses *.service beside it'] },
    ]);
  });

  test.each([
    ['MachineID=bbbb2222', 'bbbb'],
    ['MachineID=bbbb2222bbbb', 'bbbb'],
    ['MachineID=bbbb', 'block'],
    ['MachineMetadata=disk=ssd', 'aaaa'],
    ['MachineMetadata=disk=hdd', 'block'],
    ['MachineMetadata=disk=hdd\nMachineMetadata=disk=ssd', 'aaaa'],
    ['MachineOf=absent.service', 'block'],
  ])('%s -> %s', (xfleet, expected) => {
    expect(places([a, b], [unit('u.service', xfleet)])).toEqual({ 'u.service': expected });
  });

  describe('conflicts that cross', () => {
    const master = (n: number, more: Partial<EngineUnit> = {}) => unit(`m@${n}.service`, 'Conflicts=m@*.service', more);
    const copy = (n: number, more: Partial<EngineUnit> = {}) =>
      unit(`c@${n}.service`, `Conflicts=c@*.service\nConflicts=m@${n}.service`, more);
    const running = [master(1, { target: a.id }), master(2, { target: b.id }), master(3, { target: c.id })];

    test('all six at once, and the copies after the masters, find a machine', () => {
      expect(
        Object.keys(
          places(
            [a, b, c],
            [1, 2, 3].flatMap((n) => [master(n), copy(n)]),
          ),
        ),
      ).toHaveLength(6);
      expect(places([a, b, c], [...running, copy(1), copy(2), copy(3)])).toEqual({
        'c@1.service': 'bbbb',
        'c@2.service': 'cccc',
        'c@3.service': 'aaaa',
      });
    });

    test('a copy that is wanted first leaves the others, which are known only, their machines', () => {
      const [decision] = pass(
        [a, b, c],
        [...running, copy(1, { target: b.id }), copy(2), copy(3, { desired: 'inactive' })],
      );
      expect(decision).toMatchObject({ unit: 'c@2.service', to: c.id });
      expect(decision?.reason).toContain('so that c@3.service can be placed too');
    });

    test('what is scheduled stays, and the reason names for each machine what is in the way', () => {
      const scheduled = [copy(1, { target: b.id }), copy(2, { target: a.id })];
      expect(pass([a, b, c], [...running, ...scheduled, copy(3)])).toMatchObject([
        {
          kind: 'block',
          unit: 'c@3.service',
          blocked: [
            'core-01 (aaaa1111...) runs c@2.service, which conflicts with c@*.service',
            'core-02 (bbbb2222...) runs c@1.service, which conflicts with c@*.service',
            'core-03 (cccc3333...) runs m@3.service, which conflicts with m@3.service',
          ],
        },
      ]);
    });

    test('a unit that fits nowhere does not keep the others from their machines', () => {
      const nowhere = unit('c@0.service', 'Conflicts=c@*.service\nMachineMetadata=disk=tape');
      const placed = places([a, b, c], [...running, nowhere, copy(1), copy(2), copy(3)]);
      expect(placed).toMatchObject({ 'c@0.service': 'block', 'c@3.service': 'aaaa' });
    });

    test('a principal goes where its follower can go too', () => {
      const units = [unit('db.service'), unit('side.service', 'MachineOf=db.service\nMachineMetadata=disk=ssd')];
      expect(places([b, c, a], [unit('x.service', '', { target: a.id }), ...units])).toEqual({
        'db.service': 'aaaa',
        'side.service': 'aaaa',
      });
    });

    test('a search that leads nowhere comes to an end: 40 that exclude each other on 30 machines', () => {
      const many = Array.from({ length: 30 }, (_, i) => ({ ...a, id: `m${100 + i}`, name: `m${i}` }));
      const units = Array.from({ length: 40 }, (_, i) => unit(`w@${i}.service`, 'Conflicts=w@*.service'));
      const kinds = pass(many, units).map((d) => d.kind);
      expect(kinds.filter((k) => k === 'place')).toHaveLength(30);
      expect(kinds.filter((k) => k === 'block')).toHaveLength(10);
    });
  });

  test('a circle is named as what it is', () => {
    const decisions = pass([a], [unit('x.service', 'MachineOf=y.service'), unit('y.service', 'MachineOf=x.service')]);
    expect(decisions).toMatchObject([
      { unit: 'y.service', blocked: ['MachineOf goes in a circle: y.service -> x.service -> y.service'] },
      { unit: 'x.service', blocked: ['MachineOf goes in a circle: x.service -> y.service -> x.service'] },
    ]);
  });

  test('no machine at all', () => {
    expect(pass([], [unit('u.service')])).toMatchObject([{ kind: 'block', blocked: ['no machine is present'] }]);
  });
});

describe('eviction', () => {
  test('principal and sidekick of a dead machine move together, the rest stays', () => {
    const units = [
      unit('db.service', '', { target: c.id }),
      unit('db-side.service', 'MachineOf=db.service', { target: c.id }),
      unit('other.service', '', { target: a.id }),
    ];
    expect(pass([a, b], units)).toMatchObject([
      {
        kind: 'move',
        unit: 'db.service',
        from: c.id,
        to: b.id,
        reason: expect.stringContaining('machine cccc3333... is gone') as string,
      },
      { kind: 'move', unit: 'db-side.service', from: c.id, to: b.id },
    ]);
  });

  test('in the grace after an etcd outage a missing machine keeps its units, and new ones are placed', () => {
    const units = [unit('db.service', '', { target: c.id }), unit('new.service')];
    expect(pass([a, b], units, false)).toMatchObject([{ kind: 'place', unit: 'new.service', to: a.id }]);
  });

  test('a unit that is not wanted any more leaves, and its follower with it', () => {
    const units = [
      unit('db.service', '', { target: a.id, desired: 'inactive' }),
      unit('side.service', 'MachineOf=db.service', { target: a.id }),
    ];
    expect(pass([a], units)).toMatchObject([
      { kind: 'evict', unit: 'db.service', reason: 'its desired state is inactive' },
      {
        kind: 'evict',
        unit: 'side.service',
        blocked: ['core-01 (aaaa1111...) does not run db.service, which MachineOf asks for'],
      },
    ]);
  });

  test('metadata that no longer holds', () => {
    const units = [unit('u.service', 'MachineMetadata=disk=ssd', { target: b.id })];
    expect(pass([a, b], units)).toMatchObject([{ kind: 'move', unit: 'u.service', from: b.id, to: a.id }]);
  });

  test('a machine that comes back gets the unit that waited, nothing else moves', () => {
    const web = (n: number, more: Partial<EngineUnit>) => unit(`web@${n}.service`, 'Conflicts=web@*.service', more);
    const units = [
      web(1, { target: a.id }),
      web(2, { target: b.id }),
      web(3, { blocked: ['whatever'] }),
      unit('db.service', '', { target: a.id }),
    ];
    expect(pass([a, b, c], units)).toMatchObject([{ kind: 'place', unit: 'web@3.service', to: c.id }]);
  });

  test('a reason of a unit that is no longer wanted is cleared', () => {
    expect(pass([a], [unit('u.service', '', { desired: 'inactive', blocked: ['x'] })])).toMatchObject([
      { kind: 'unblock' },
    ]);
  });
});

describe('a machine that is there, but cannot be read', () => {
  const decided = (units: EngineUnit[]) =>
    decide({ machines: [a], units, missingMachinesAreDead: true, unreadableMachines: new Set([b.id]) });

  test('keeps what is scheduled to it, and gets nothing new', () => {
    const stays = unit('stays.service', 'MachineMetadata=disk=hdd', { target: b.id });
    expect(decided([stays, unit('side.service', 'MachineOf=other.service', { target: b.id })])).toEqual([]);
    expect(decided([stays, unit('new.service')])).toMatchObject([{ kind: 'place', unit: 'new.service', to: a.id }]);
    expect(decided([unit('lost.service', '', { target: c.id })])).toMatchObject([{ kind: 'move', to: a.id }]);
  });

  test('gives up what is not wanted any more', () => {
    const unwanted = unit('off.service', '', { target: b.id, desired: 'inactive' });
    expect(decided([unwanted])).toMatchObject([{ kind: 'evict', from: b.id }]);
  });
});
