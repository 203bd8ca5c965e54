import { describe, expect, it } from 'vitest';
import { faultWindows } from '#scenarios/harness/record/fault-windows.ts';
import { leaseDeadline, quorumLost } from '#scenarios/harness/record/quorum.ts';
import { activeSpans, unitsSeen, viewAt } from '#scenarios/harness/record/replay.ts';
import { difference, intersection, totalMs, union } from '#scenarios/harness/record/spans.ts';
import { unreachableSpans } from '#scenarios/harness/record/unreachable.ts';
import { event, faultEvents, history, runRecord, unitState, unitTarget } from '../../recorded.ts';

const recorded = (...parts: Parameters<typeof history>) => runRecord({ events: history(...parts) });

describe('spans', () => {
  const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

  it('join, meet and leave holes', () => {
    expect(union([span(5, 9), span(1, 3), span(2, 4), span(7, 7), span(9, 10)])).toEqual([span(1, 4), span(5, 10)]);
    expect(intersection([span(1, 4), span(6, 9)], [span(3, 7)])).toEqual([span(3, 4), span(6, 7)]);
    expect(difference([span(0, 10)], [span(2, 3), span(5, Infinity)])).toEqual([span(0, 2), span(3, 5)]);
    expect(totalMs([span(0, 4), span(2, 6)])).toBe(6);
  });
});

describe('fault windows', () => {
  it('reach from the fault to its undoing, and surely hold between the commands', () => {
    const [window] = faultWindows(recorded(faultEvents('core-02', { kind: 'cut' }, 1_000, 9_000)));
    expect(window).toMatchObject({ machine: 'core-02', kind: 'cut', fromMs: 1_000, toMs: 9_100 });
    expect(window?.surely).toEqual({ fromMs: 1_100, toMs: 9_000 });
    const [open] = faultWindows(recorded(faultEvents('core-02', { kind: 'pause' }, 1_000)));
    expect(open?.toMs).toBe(Infinity);
  });

  it('what passes by itself ends before it is undone: a reboot when fleet lists the machine again, a kill soon', () => {
    const back = [
      event(3_000, 'machine-gone', { machine: 'core-01' }),
      event(7_000, 'machine-present', { machine: 'core-01' }),
    ];
    const [reboot] = faultWindows(recorded(faultEvents('core-01', { kind: 'reboot' }, 1_000, 90_000), back));
    expect(reboot?.toMs).toBe(7_000);
    const [kill] = faultWindows(recorded(faultEvents('core-01', { kind: 'kill', unit: 'etcd' }, 1_000, 90_000)));
    expect(kill).toMatchObject({ toMs: 6_100, unit: 'etcd' });
  });

  it('a slow machine is out of reach only while fleet misses it', () => {
    const slow = recorded(
      faultEvents('core-01', { kind: 'slow-cpu', cpus: 0.1 }, 1_000, 30_000),
      event(9_000, 'machine-gone', { machine: 'core-01' }),
      event(12_000, 'machine-present', { machine: 'core-01' }),
    );
    expect(unreachableSpans(slow, 'core-01')).toEqual([{ fromMs: 9_000, toMs: 12_000 }]);
    expect(unreachableSpans(slow, 'core-02')).toEqual([]);
  });

  it('a machine parted from one of two others is still reached by the other', () => {
    const parted = (from: string[]) => recorded(faultEvents('core-01', { kind: 'partition', from }, 1_000, 9_000));
    expect(unreachableSpans(parted(['core-02']), 'core-01')).toEqual([]);
    expect(unreachableSpans(parted(['core-02', 'core-03']), 'core-01')).toEqual([{ fromMs: 1_000, toMs: 9_100 }]);
  });
});

describe('quorum', () => {
  it('is lost with two of three, or when every member is alone', () => {
    const halts = [1, 2].map((n) => faultEvents(`core-0${n}`, { kind: 'halt' }, 1_000 * n, 9_000 + n));
    expect(quorumLost(recorded(...halts), 'surely')).toEqual([{ fromMs: 2_100, toMs: 9_001 }]);
    expect(quorumLost(recorded(...halts), 'possibly')).toEqual([{ fromMs: 2_000, toMs: 9_101 }]);
    const one = faultEvents('core-01', { kind: 'partition', from: 'all' }, 1_000, 9_000);
    expect(quorumLost(recorded(one), 'possibly')).toEqual([]);
    const pair = faultEvents('core-02', { kind: 'partition', from: ['core-03'] }, 2_000, 5_000);
    expect(quorumLost(recorded(one, pair), 'surely')).toEqual([{ fromMs: 2_100, toMs: 5_000 }]);
    expect(quorumLost(recorded(pair), 'possibly')).toEqual([]);
  });

  it('leases run out after their time, later by an election, and not at all without a quorum', () => {
    expect(leaseDeadline(runRecord(), 10_000, 8_000)).toBe(18_000);
    const cut = recorded(faultEvents('core-01', { kind: 'cut' }, 10_000));
    expect(leaseDeadline(cut, 10_000, 8_000)).toBe(10_000 + 100 + 1_500 + 8_000 + 500);
    expect(leaseDeadline(cut, 30_000, 8_000)).toBe(38_000);
    const halts = [1, 2].map((n) => faultEvents(`core-0${n}`, { kind: 'halt' }, 12_000, 60_000));
    expect(leaseDeadline(recorded(...halts), 10_000, 8_000)).toBeGreaterThanOrEqual(68_000);
  });
});

describe('replay', () => {
  const events = history(
    event(1, 'machine-present', { machine: 'core-01', initial: true }),
    unitTarget(2, 'a.service', null, 'core-01'),
    unitState(3, 'a.service', 'core-01'),
    event(4, 'key-set', { key: '/services/a/1', value: '10.1.1.2', old: null }),
    faultEvents('core-01', { kind: 'cut' }, 100),
    event(110, 'machine-gone', { machine: 'core-01' }),
    unitState(110, 'a.service', 'core-01', null),
    event(120, 'unit-target', { unit: 'a.service', from: 'core-01', to: null, reason: 'no machine' }),
    event(130, 'key-gone', { key: '/services/a/1', old: '10.1.1.2' }),
  );

  it('shows machines, units and keys as they were at any moment', () => {
    const unit = {
      name: 'a.service',
      target: 'core-01',
      reason: undefined,
      states: [{ machine: 'core-01', state: 'active/running' }],
    };
    expect(viewAt(events, 50)).toEqual({ machines: ['core-01'], units: [unit], keys: { '/services/a/1': '10.1.1.2' } });
    const without = { name: 'a.service', target: undefined, reason: 'no machine', states: [] };
    expect(viewAt(events, 200)).toEqual({ machines: [], units: [without], keys: {} });
    expect(unitsSeen(events)).toEqual(['a.service']);
    expect(activeSpans(events, 'a.service', 'core-01')).toEqual([{ fromMs: 3, toMs: 110 }]);
  });
});
