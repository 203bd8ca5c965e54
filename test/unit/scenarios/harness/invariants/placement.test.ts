import { describe, expect, it } from 'vitest';
import {
  conflictsHeld,
  nothingElseMoved,
  sidekicksFollowed,
} from '../../../../../scenarios/harness/invariants/placement.ts';
import { event, unitState, unitTarget } from '../../recorded.ts';

describe('conflictsHeld', () => {
  const three = [1, 2, 3].map((n) => unitState(n, `web@${n}.service`, `core-0${n}`));

  it('passes while every web unit has a machine of its own', () => {
    expect(conflictsHeld(three)).toMatchObject({ verdict: 'pass', evidence: '3 state changes checked' });
  });

  it('fails at the moment when two are active on one machine, even if that passes', () => {
    const twice = [
      ...three,
      unitState(50, 'web@1.service', 'core-02'),
      unitState(60, 'web@1.service', 'core-02', null),
    ];
    expect(conflictsHeld(twice)).toMatchObject({ verdict: 'fail', evidence: 'two web units on core-02 at 50 ms' });
  });

  it('a unit that stopped first, or only starts, is not active', () => {
    const handOver = [
      ...three,
      unitState(50, 'web@2.service', 'core-02', 'deactivating/stop'),
      unitState(51, 'web@1.service', 'core-02'),
    ];
    expect(conflictsHeld(handOver).verdict).toBe('pass');
    const starting = [...three, unitState(50, 'web@1.service', 'core-02', 'activating/start')];
    expect(conflictsHeld(starting).verdict).toBe('pass');
  });

  it('other units may share a machine', () => {
    const memcached = [1, 2].map((n) => unitState(n, `memcached@${n}.service`, 'core-01'));
    expect(conflictsHeld(memcached).verdict).toBe('pass');
  });

  it('claims nothing when nothing was recorded', () => {
    expect(conflictsHeld([event(1, 'note')]).verdict).toBe('unknown');
  });
});

describe('sidekicksFollowed', () => {
  const pair = (machine: string, sidekickOn: string) => [
    unitState(1, 'couchbase@1.service', machine),
    unitState(2, 'couchbase-sidekick@1.service', sidekickOn),
  ];

  it("passes when the sidekick is on its principal's machine, before and after a move", () => {
    const moved = [
      ...pair('core-01', 'core-01'),
      unitState(10, 'couchbase-sidekick@1.service', 'core-01', null),
      unitState(11, 'couchbase@1.service', 'core-01', null),
      unitState(12, 'couchbase@1.service', 'core-02'),
      unitState(13, 'couchbase-sidekick@1.service', 'core-02'),
    ];
    expect(sidekicksFollowed(moved).verdict).toBe('pass');
  });

  it('fails when it is elsewhere, naming both places', () => {
    expect(sidekicksFollowed(pair('core-01', 'core-02'))).toMatchObject({
      verdict: 'fail',
      evidence: 'couchbase-sidekick@1.service on core-02, principal on core-01 at 2 ms',
    });
  });

  it('fails when it stays behind after the principal moved', () => {
    const behind = [...pair('core-01', 'core-01'), ...pair('core-02', 'core-01').slice(0, 1)];
    const gone = [behind[0], behind[1], unitState(5, 'couchbase@1.service', 'core-01', null), behind[2]];
    expect(sidekicksFollowed(gone.filter((e) => e !== undefined)).verdict).toBe('fail');
  });

  it('keeps the instances apart', () => {
    const two = [
      ...[1, 2].map((n) => unitState(n, `memcached@${n}.service`, `core-0${n}`)),
      ...[1, 2].map((n) => unitState(n + 2, `memcached-sidekick@${n}.service`, `core-0${n}`)),
    ];
    expect(sidekicksFollowed(two).verdict).toBe('pass');
  });

  it('claims nothing when no sidekick was seen', () => {
    expect(sidekicksFollowed([unitState(1, 'worker.service', 'core-01')]).verdict).toBe('unknown');
  });
});

describe('nothingElseMoved', () => {
  it('passes when only what was on the broken machine, or nowhere, was placed', () => {
    const events = [
      unitTarget(5, 'worker.service', 'core-02', 'core-03'),
      unitTarget(20, 'couchbase@1.service', 'core-01', 'core-02'),
      unitTarget(21, 'web@1.service', 'core-01', null),
      unitTarget(90, 'web@1.service', null, 'core-01'),
    ];
    expect(nothingElseMoved(events, 10, 'core-01').verdict).toBe('pass');
    expect(nothingElseMoved([], 10, 'core-01').verdict).toBe('pass');
  });

  it('fails when a unit leaves a sound machine, naming it', () => {
    const events = [unitTarget(20, 'worker.service', 'core-02', 'core-03')];
    expect(nothingElseMoved(events, 10, 'core-01')).toMatchObject({
      verdict: 'fail',
      evidence: 'worker.service left core-02 for core-03 at 20 ms',
    });
    const nowhere = nothingElseMoved([unitTarget(20, 'worker.service', 'core-02', null)], 10, 'core-01');
    expect(nowhere.evidence).toBe('worker.service left core-02 for nowhere at 20 ms');
  });
});
