import { expect, it } from 'vitest';
import { planUp } from '#provision/cluster/up/plan.ts';
import type { MachineState, ProviderStatus } from '#provision/machines/machine-provider.ts';

const status = (up: boolean, states: Readonly<Record<string, MachineState>>): ProviderStatus => ({
  up,
  machines: Object.entries(states).map(([name, state]) => ({ name, state })),
});

it('creates what does not exist, known to the provider or not', () => {
  expect(planUp(['core-01', 'core-02'], status(true, { 'core-01': 'absent' }))).toEqual([
    { machine: 'core-01', action: 'create', reason: 'it does not exist yet' },
    { machine: 'core-02', action: 'create', reason: 'it does not exist yet' },
  ]);
});

it('starts a halted machine, and says so when it is the whole lab that is down', () => {
  expect(planUp(['core-01'], status(true, { 'core-01': 'stopped' }))).toEqual([
    { machine: 'core-01', action: 'start', reason: 'it is halted' },
  ]);
  expect(planUp(['core-01'], status(false, { 'core-01': 'stopped' }))).toEqual([
    { machine: 'core-01', action: 'start', reason: 'the lab is down; its disk is kept' },
  ]);
});

it('waits for a machine that is still stopping: it can be neither kept nor booted', () => {
  expect(planUp(['core-01'], status(true, { 'core-01': 'stopping' }))).toEqual([
    { machine: 'core-01', action: 'wait', reason: 'it is still stopping' },
  ]);
});

it.each(['starting', 'running'] as const)('keeps a machine that is %s', (state) => {
  expect(planUp(['core-01'], status(true, { 'core-01': state }))).toEqual([
    { machine: 'core-01', action: 'keep', reason: `it is ${state}` },
  ]);
});

it('plans only what is wanted, in the order it is wanted', () => {
  const now = status(true, { 'core-01': 'stopped', 'core-02': 'running', 'core-03': 'absent' });
  expect(planUp(['core-03', 'core-02'], now).map(({ machine, action }) => [machine, action])).toEqual([
    ['core-03', 'create'],
    ['core-02', 'keep'],
  ]);
  expect(planUp([], now)).toEqual([]);
});
