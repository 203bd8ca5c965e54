import { describe, expect, it } from 'vitest';
import { runningOn, viewChanges } from '#scenarios/harness/record/cluster-view.ts';
import { unit, view } from '../../recorded.ts';

describe('runningOn', () => {
  const states = (...states: [machine: string, state: string][]) =>
    view({
      units: [{ ...unit('web@1.service'), states: states.map(([machine, state]) => ({ machine, state })) }],
    });

  it('names the machine of a unit that is active and running', () => {
    expect(runningOn(states(['core-01', 'active/running']), 'web@1.service')).toBe('core-01');
    expect(runningOn(states(['core-01', 'failed/failed'], ['core-02', 'active/running']), 'web@1.service')).toBe(
      'core-02',
    );
  });

  it('names none when it starts, failed, is unknown, or runs twice', () => {
    expect(runningOn(states(['core-01', 'activating/start-pre']), 'web@1.service')).toBeUndefined();
    expect(runningOn(states(['core-01', 'active/exited']), 'web@1.service')).toBeUndefined();
    expect(runningOn(states(), 'web@1.service')).toBeUndefined();
    expect(runningOn(states(['core-01', 'active/running']), 'web@2.service')).toBeUndefined();
    const twice = states(['core-01', 'active/running'], ['core-02', 'active/running']);
    expect(runningOn(twice, 'web@1.service')).toBeUndefined();
  });
});

describe('viewChanges', () => {
  const before = view({
    machines: ['core-01', 'core-02'],
    units: [unit('a.service', 'core-01'), unit('b.service', 'core-02')],
    keys: { '/services/a': '10.1.1.2', '/services/b': '10.1.2.2' },
  });

  it('finds nothing between equal views', () => {
    expect(viewChanges(before, structuredClone(before))).toEqual([]);
  });

  it('a machine comes, another goes', () => {
    expect(viewChanges(before, { ...before, machines: ['core-02', 'core-03'] })).toEqual([
      { type: 'machine-gone', data: { machine: 'core-01' } },
      { type: 'machine-present', data: { machine: 'core-03' } },
    ]);
  });

  it('a unit is placed elsewhere, or nowhere, with the reason', () => {
    const placed = (name: string, target: string | undefined, reason?: string) => ({
      ...view({ units: [{ ...unit(name, 'core-01'), target, reason }] }),
    });
    expect(viewChanges(placed('a', 'core-01'), placed('a', 'core-02'))).toEqual([
      { type: 'unit-target', data: { unit: 'a', from: 'core-01', to: 'core-02', reason: null } },
    ]);
    expect(viewChanges(placed('a', 'core-01'), placed('a', undefined, 'conflicts with b'))).toEqual([
      { type: 'unit-target', data: { unit: 'a', from: 'core-01', to: null, reason: 'conflicts with b' } },
    ]);
  });

  it('a unit is new: it has a place and a state', () => {
    expect(viewChanges(view({}), view({ units: [unit('a', 'core-01')] }))).toEqual([
      { type: 'unit-target', data: { unit: 'a', from: null, to: 'core-01', reason: null } },
      { type: 'unit-state', data: { unit: 'a', machine: 'core-01', state: 'active/running' } },
    ]);
  });

  it('a state changes, moves, or is no longer published', () => {
    const state = (machine: string, text: string) =>
      view({ units: [{ ...unit('a', 'core-01'), states: [{ machine, state: text }] }] });
    const changed = viewChanges(state('core-01', 'activating/start'), state('core-01', 'active/running'));
    expect(changed).toEqual([{ type: 'unit-state', data: { unit: 'a', machine: 'core-01', state: 'active/running' } }]);
    const moved = viewChanges(state('core-01', 'active/running'), state('core-02', 'active/running'));
    expect(moved.map(({ type, data }) => type === 'unit-state' && [data.machine, data.state]).sort()).toEqual([
      ['core-01', null],
      ['core-02', 'active/running'],
    ]);
  });

  it('a key is set, set to something else, and gone', () => {
    const keys = { '/services/a': '10.1.3.2', '/services/c': '10.1.4.2' };
    expect(viewChanges(before, { ...before, keys })).toEqual([
      { type: 'key-set', data: { key: '/services/a', value: '10.1.3.2', old: '10.1.1.2' } },
      { type: 'key-gone', data: { key: '/services/b', old: '10.1.2.2' } },
      { type: 'key-set', data: { key: '/services/c', value: '10.1.4.2', old: null } },
    ]);
  });
});
