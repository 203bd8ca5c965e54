import { describe, expect, test } from 'vitest';
import { startWaitsFor } from '#platform/fleet/agent/start-waits.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeMachine, writeState, writeUnit } from '#platform/fleet/registry/records.ts';
import { viewOf } from '#platform/fleet/registry/view.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';

const keys = fleetKeys();
const machine = (n: number) => ({ id: String(n).repeat(32), name: `core-0${n}`, ip: `10.0.0.${n}`, metadata: {} });
const self = machine(1);

function view(given: {
  desired?: string;
  target?: string;
  xFleet?: string;
  others?: Readonly<Record<string, string>>;
  elsewhere?: string;
  message?: string;
  load?: string;
  isOtherGone?: boolean;
}) {
  const text = (xFleet: string) => parseUnitFile(`[Service]\nExecStart=/bin/a\n[X-Fleet]\n${xFleet}\n`, 'a');
  const job = keys.job('a.service');
  const state = {
    unit: 'a.service',
    machineId: machine(2).id,
    hash: 'x',
    load: given.load ?? 'loaded',
    active: given.elsewhere ?? '',
    sub: '',
    job: 'launched' as const,
    ...(given.message !== undefined && { message: given.message }),
  };
  const items: [string, string][] = [
    [job.object, writeUnit('a.service', text(given.xFleet ?? ''))],
    [job.desired, given.desired ?? 'launched'],
    [job.target, given.target ?? self.id],
    [keys.machine(self.id), writeMachine(self)],
  ];
  if (given.isOtherGone !== true) items.push([keys.machine(machine(2).id), writeMachine(machine(2))]);
  for (const [name, xFleet] of Object.entries(given.others ?? {})) {
    items.push([keys.job(name).object, writeUnit(name, text(xFleet))]);
  }
  if (given.elsewhere !== undefined) items.push([keys.state('a.service', machine(2).id), writeState(state)]);
  return viewOf(keys, items);
}

const cause = (given: Parameters<typeof view>[0], running: readonly string[] = []) =>
  startWaitsFor('a.service', self, view(given), new Set(running));

test('a unit that is meant for this machine and runs nowhere does not wait', () => {
  expect(cause({})).toBeUndefined();
  expect(cause({ xFleet: 'Global=true', target: machine(2).id })).toBeUndefined();
});

describe('what was decided a moment ago is not so any more', () => {
  test.each(['loaded', 'inactive'])('it is wanted %s', (desired) => {
    expect(cause({ desired })).toBe('it is not to be started any more');
  });

  test('it was destroyed', () => {
    expect(startWaitsFor('b.service', self, view({}), new Set())).toBe('it is not to be started any more');
  });

  test('it is scheduled to another machine', () => {
    expect(cause({ target: machine(2).id })).toBe('it is not scheduled to this machine any more');
  });
});

describe('it has not ended where it was', () => {
  test.each(['active', 'activating', 'deactivating', 'reloading'])('%s there', (elsewhere) => {
    expect(cause({ elsewhere })).toBe('it has not ended on core-02 yet');
  });

  test.each(['inactive', 'failed'])('%s there: it has', (elsewhere) => {
    expect(cause({ elsewhere })).toBeUndefined();
  });

  test('its start has failed there, and is tried again', () => {
    expect(cause({ elsewhere: 'inactive', message: 'no such image' })).toBe('it has not ended on core-02 yet');
  });

  test('systemd there did not speak of it', () => {
    expect(cause({ elsewhere: 'inactive', load: '' })).toBe('it has not ended on core-02 yet');
  });

  test('nobody waits for a machine that is gone, nor does a global unit for another machine', () => {
    expect(cause({ elsewhere: 'active', isOtherGone: true })).toBeUndefined();
    expect(cause({ elsewhere: 'active', xFleet: 'Global=true' })).toBeUndefined();
  });
});

describe('something runs here that it must not be beside', () => {
  const others = { 'b.service': '' };
  test('this one says so', () => {
    const why = cause({ xFleet: 'Conflicts=b.service', others }, ['b.service']);
    expect(why).toContain('runs b.service, which conflicts with b.service');
  });

  test('the other one says so, or this one is global', () => {
    const refuses = { 'b.service': 'Conflicts=a.service' };
    expect(cause({ others: refuses }, ['b.service'])).toContain('refuses a.service beside it');
    expect(cause({ xFleet: 'Global=true', others: refuses }, ['b.service'])).toContain('refuses');
  });

  test('something else does not matter', () => {
    expect(cause({ xFleet: 'Conflicts=b.service', others }, ['c.service'])).toBeUndefined();
  });
});
