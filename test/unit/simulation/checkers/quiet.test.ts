import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeState } from '#platform/fleet/registry/records.ts';
import { quiet } from '#simulation/checkers/quiet.ts';
import { Truth } from '#simulation/checkers/truth.ts';

const keys = fleetKeys();
const truth = new Truth({ keys, machines: [{ name: 'core-01', id: '1' }], ttlSeconds: 5 });

type State = ReturnType<typeof state> | undefined;

/** What the checker says of a state that is written while all is at rest. @param startOf what systemd was told to start a moment before */
function wordOn(before: State, after: State, startOf?: { machine: string; units: string[]; at: number }) {
  const checker = quiet();
  checker.see({ at: 1_000, kind: 'rest', isOn: true }, truth);
  if (startOf !== undefined) checker.see({ ...startOf, kind: 'command', verb: 'start' }, truth);
  const changes = [{ key: keys.state('a.service', '1'), before, after }];
  return checker.see({ at: 9_000, kind: 'commit', revision: 2, author: 'fleetd core-01 #1', changes }, truth);
}

function state(active: string, message?: string) {
  const told = {
    unit: 'a.service',
    machineId: '1',
    hash: 'x',
    load: 'loaded',
    active,
    sub: '',
    job: 'launched',
  } as const;
  return writeState({ ...told, ...(message !== undefined && { message }) });
}

test('a start that fails for another reason than before may be told', () => {
  expect(wordOn(state('inactive', 'timed out'), state('inactive', 'bad setting'))).toBeUndefined();
});

const tried = { machine: 'core-01', units: ['b.service', 'a.service'], at: 8_500 };

test('a start that is tried again and succeeds may be told: systemd had carried it out without an answer', () => {
  expect(wordOn(state('active', 'timed out'), state('active'), tried)).toBeUndefined();
});

test.each([
  ['of another unit', { ...tried, units: ['b.service'] }, state('active', 'timed out'), state('active')],
  ['on another machine', { ...tried, machine: 'core-02' }, state('active', 'timed out'), state('active')],
  ['long ago', { ...tried, at: 6_900 }, state('active', 'timed out'), state('active')],
  ['after which the state is another', tried, state('inactive', 'timed out'), state('active')],
  ['of a unit that had no reason', tried, state('active'), state('active')],
  ['of a unit that has one then', tried, state('active'), state('active', 'timed out')],
  ['of a unit that was not told of', tried, undefined, state('active')],
])('a start %s explains nothing', (_, start, before, after) => {
  expect(wordOn(before, after, start)).toContain('though nothing has happened');
});

test.each([
  ['another state', state('inactive', 'bad setting'), state('activating', 'bad setting')],
  ['a reason that comes', state('inactive'), state('inactive', 'bad setting')],
  ['a reason that goes', state('inactive', 'bad setting'), state('inactive')],
  ['a state that comes', undefined, state('inactive', 'bad setting')],
  ['a state that goes', state('inactive', 'bad setting'), undefined],
  ['the same once more', state('inactive'), state('inactive')],
])('%s may not: nothing has happened', (_, before, after) => {
  expect(wordOn(before, after)).toContain('though nothing has happened');
});
