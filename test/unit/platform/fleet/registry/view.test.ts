import { describe, expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeMachine, writeState, writeUnit } from '#platform/fleet/registry/records.ts';
import { viewOf } from '#platform/fleet/registry/view.ts';
import { unitText } from '../simulated-cluster.ts';

const keys = fleetKeys('/f/');
const job = keys.job('a.service');
const machine = { id: 'm1', name: 'core-01', ip: '10.0.0.1', metadata: { disk: 'ssd' } };
const state = { unit: 'a.service', machineId: 'm1', hash: 'h', load: 'loaded', active: 'active', sub: 'running' };
const sound: Record<string, string> = {
  [job.object]: writeUnit('a.service', unitText()),
  [job.desired]: 'launched',
  [job.target]: 'm1',
  [keys.machine('m1')]: writeMachine(machine),
  [keys.state('a.service', 'm1')]: writeState({ ...state, job: 'launched' }),
};

function read(changes: Record<string, string> = {}) {
  const bad: string[] = [];
  const view = viewOf(keys, Object.entries({ ...sound, ...changes }), (key, problem) => bad.push(`${key}: ${problem}`));
  return { view, bad };
}

test('what fleet writes it reads again', () => {
  const { view, bad } = read();
  expect(bad).toEqual([]);
  expect(view).toMatchObject({
    units: [{ name: 'a.service', desired: 'launched', target: 'm1' }],
    machines: [machine],
    unreadableMachines: [],
    states: [{ ...state, job: 'launched' }],
  });
});

test("machines and states as the original writes them are read, too: no host name, no agent's word", () => {
  const { view, bad } = read({
    [keys.machine('m2')]: '{"ID":"m2","PublicIP":"","Metadata":null,"Capabilities":{"GRPC":false},"Version":"1.0.0"}',
    [keys.state('a.service', 'm2')]:
      '{"loadState":"loaded","activeState":"active","subState":"running","machineState":{"ID":"m2"},"unitHash":"h"}',
  });
  expect(bad).toEqual([]);
  expect(view.machines[1]).toEqual({ id: 'm2', name: 'm2', ip: '', metadata: {} });
  expect(view.states[1]).toMatchObject({ machineId: 'm2', job: 'loaded' });
});

test('a machine has left when it says so and is not there', () => {
  expect(read({ [keys.machineLeft('m2')]: 'nothing runs here' }).view).toMatchObject({ leftMachines: ['m2'] });
  expect(read({ [keys.machineLeft('m1')]: 'nothing runs here' }).view).toMatchObject({ leftMachines: [] });
});

describe('what is none of ours is left out alone, and named with its key', () => {
  const broken = ['', '{', 'null', '[]', '"text"', '7', '{}', '{"Raw":7,"PublicIP":null,"loadState":true}'];

  test.each(broken)('%j as a machine', (value) => {
    const { view, bad } = read({ [keys.machine('m2')]: value });
    expect(bad).toEqual([expect.stringContaining(`${keys.machine('m2')}: `)]);
    expect(view).toMatchObject({ machines: [machine], unreadableMachines: ['m2'], units: [{ name: 'a.service' }] });
  });

  test.each(broken)('%j as a state', (value) => {
    const { view, bad } = read({ [keys.state('b.service', 'm1')]: value });
    expect(bad).toEqual([expect.stringContaining(`${keys.state('b.service', 'm1')}: `)]);
    expect(view.states).toHaveLength(1);
  });

  test.each([...broken, '{"Raw":"[Service\\nExecStart=/bin/true"}'])('%j as a unit', (value) => {
    const { view, bad } = read({ [keys.job('b.service').object]: value, [keys.job('b.service').desired]: 'launched' });
    expect(bad).toEqual([expect.stringContaining(`${keys.job('b.service').object}: `)]);
    expect(view.units).toHaveLength(1);
  });

  test.each([
    [keys.machine('m1'), '{"PublicIP":"10.0.0.1","Metadata":{"disk":7}}', 'Metadata.disk: '],
    [keys.state('a.service', 'm1'), writeState({ ...state, job: 'launched' }).replace('launched', 'up'), 'jobState: '],
    [keys.state('a.service', 'm1'), '{"loadState":"loaded"}', 'activeState: '],
    [job.blocked, '{"not":"a list"}', ''],
    [job.blocked, '["a line", 7]', '1: '],
    [job.desired, 'bogus', '"bogus" is none of inactive, loaded, launched'],
  ])('%s = %s', (key, value, problem) => {
    const { view, bad } = read({ [key]: value });
    expect(bad).toEqual([expect.stringContaining(`${key}: ${problem}`)]);
    expect(view.units).toHaveLength(1);
    expect(view.units[0]?.blocked).toBeUndefined();
  });

  test('the same unit is complained of each time it is read, for whoever asks', () => {
    const changes = { [keys.job('b.service').object]: '{"Raw":' };
    expect([read(changes).bad, read(changes).bad].map((bad) => bad.length)).toEqual([1, 1]);
  });
});

test('keys of other folders, and too short ones, are passed over', () => {
  const { view, bad } = read({
    '/f/states/a.service': '{',
    '/f/machines/m9': '{',
    '/f/job': '{',
    '/f/engine/version': '1',
  });
  expect([bad, view.states.length, view.machines.length, view.units.length]).toEqual([[], 1, 1, 1]);
});
