import { expect, it } from 'vitest';
import { settledPlan } from '#provision/cluster/up/settled-plan.ts';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';

/** A provider whose machines are in these states, one look after another; the last ones stay. */
function settle(looks: readonly Readonly<Record<string, MachineState>>[], deadlineMs = 5_000) {
  const events: LabEvent[] = [];
  let look = 0;
  const status = async () => {
    const states = looks[Math.min(look++, looks.length - 1)] ?? {};
    return { up: true, machines: Object.entries(states).map(([name, state]) => ({ name, state })) };
  };
  const wanted = Object.keys(looks[0] ?? {});
  return { events, plan: settledPlan({ provider: { status }, wanted, deadlineMs, on: (e) => events.push(e) }) };
}

const actions = async ({ plan }: ReturnType<typeof settle>) => (await plan).steps.map(({ action }) => action);

it('plans at once, and says nothing, when no machine stops', async () => {
  const settled = settle([{ 'core-01': 'running', 'core-02': 'stopped', 'core-03': 'absent' }]);
  expect(await actions(settled)).toEqual(['keep', 'start', 'create']);
  expect(settled.events).toEqual([]);
});

it.each([
  ['stopped', 'start'],
  ['running', 'keep'],
  ['absent', 'create'],
] as const)('a machine that stops and is then %s: the plan is to %s it', async (end, action) => {
  const settled = settle([{ 'core-01': 'stopping' }, { 'core-01': 'stopping' }, { 'core-01': end }]);
  expect(await actions(settled)).toEqual([action]);
  expect((await settled.plan).status.machines).toEqual([{ name: 'core-01', state: end }]);
  expect(settled.events.map(({ subject, phase, status }) => [subject, phase, status])).toEqual([
    ['core-01', 'stop', 'started'],
    ['core-01', 'stop', 'done'],
  ]);
});

it('waits for the last of several, and for one that begins to stop meanwhile', async () => {
  const settled = settle([
    { 'core-01': 'stopping', 'core-02': 'running' },
    { 'core-01': 'stopped', 'core-02': 'stopping' },
    { 'core-01': 'stopped', 'core-02': 'stopped' },
  ]);
  expect(await actions(settled)).toEqual(['start', 'start']);
});

it('names the machine that does not stop in time', async () => {
  const { plan } = settle([{ 'core-01': 'stopping' }], 1);
  await expect(plan).rejects.toMatchObject({
    code: 'timeout.condition',
    message: expect.stringContaining('core-01 has stopped') as string,
    next: 'lab cut core-01 && lab up',
  });
});
