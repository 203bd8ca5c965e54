import { expect, it } from 'vitest';
import { allUnits } from '#scenarios/stack/stack.ts';
import { stackMissing } from '#scenarios/quorum/conditions.ts';
import { unit, view } from '../recorded.ts';

const pair = ['core-01', 'core-03'];
const webOf = (name: string) => (name === 'web@1.service' ? 'core-01' : 'core-03');
const on = (name: string) => unit(name, name.startsWith('web@') ? webOf(name) : 'core-01');

it('lets one web unit wait when two machines must do', () => {
  const running = allUnits.map((name) => (name === 'web@2.service' ? unit(name, undefined, 'no machine') : on(name)));
  expect(stackMissing(view({ units: running }), pair)).toBeUndefined();
  expect(stackMissing(view({ units: running }), ['core-01', 'core-02', 'core-03'])).toBe('not yet: web@2.service');
});

it('does not believe the last state of a machine that is away', () => {
  const stale = allUnits.map((name) => (name === 'couchbase@1.service' ? unit(name, 'core-02') : on(name)));
  expect(stackMissing(view({ units: stale }), pair)).toBe('not yet: couchbase@1.service');
});

it('counts a unit whose old state is still published beside the new one as not yet there', () => {
  const both = [
    { machine: 'core-02', state: 'active/running' },
    { machine: 'core-01', state: 'active/running' },
  ];
  const units = allUnits.map((name) => (name === 'worker.service' ? { ...on(name), states: both } : on(name)));
  expect(stackMissing(view({ units }), pair)).toBe('not yet: worker.service');
});

it('says everything that is missing of an empty cluster, but for the web unit that may wait', () => {
  expect(stackMissing(view({}), pair)?.split(', ')).toHaveLength(allUnits.length - 1);
});
