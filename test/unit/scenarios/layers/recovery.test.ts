import { describe, expect, it } from 'vitest';
import { type Loss, recoveryOf } from '#scenarios/layers/recovery.ts';
import { event, journal, runBeganMs, unitState } from '../recorded.ts';

const unit = 'memcached@1.service';
const key = '/services/memcached/1';
const loss: Loss = { layer: 'memcached', unit, key, machine: 'core-01', faultMs: 10_000, recoveredMs: 30_000 };

const recorded = {
  wallToRunMs: runBeganMs,
  journal: [
    journal(9_000, 'core-01', unit, `Started ${unit} - memcached 1.`),
    journal(10_040, 'core-01', unit, `${unit}: Deactivated successfully.`),
    journal(10_050, 'core-01', 'memcached-sidekick@1.service', 'Stopped memcached-sidekick@1.service.'),
    journal(11_100, 'core-01', unit, `${unit}: Scheduled restart job, restart counter is at 1.`),
    journal(11_500, 'core-01', unit, `Started ${unit} - memcached 1.`),
    journal(11_600, 'core-01', 'memcached-sidekick@1.service', 'Started memcached-sidekick@1.service - Announces it.'),
    journal(
      12_200,
      'core-02',
      'web@2.service',
      "new config: { couchbase: 'couchbase://10.1.1.2' }; restarting to use it",
    ),
    journal(18_000, 'core-02', 'web@2.service', 'Started web@2.service - Page.'),
    journal(40_000, 'core-01', unit, `Started ${unit} - memcached 1.`),
  ],
  events: [
    event(5_000, 'key-set', { key, value: '10.1.1.2', old: null }),
    unitState(10_200, unit, 'core-01', 'activating/auto-restart'),
    unitState(11_700, unit, 'core-01'),
    event(10_300, 'key-gone', { key, old: '10.1.1.2' }),
    event(11_900, 'key-set', { key, value: '10.1.1.2', old: null }),
  ],
};

describe('recovery of a layer', () => {
  it('tells who noticed, who restarted it, and what went with it', () => {
    expect(recoveryOf(loss, recorded)).toEqual({
      systemdMs: 10_040,
      fleetMs: 10_200,
      appsMs: 12_200,
      apps: ['web@2'],
      restartedMs: 11_500,
      restartedBy: 'systemd',
      keyMs: 11_900,
      alsoRestarted: ['memcached-sidekick@1', 'web@2'],
    });
  });

  it('is empty-handed when nothing was recorded', () => {
    const nothing = recoveryOf(loss, { journal: [], events: [], wallToRunMs: runBeganMs });
    expect(nothing.restartedMs).toBeUndefined();
    expect(nothing.restartedBy).toBeUndefined();
    expect(nothing.apps).toEqual([]);
  });

  it('gives the credit to fleet when its engine moved the unit', () => {
    const moved = {
      ...recorded,
      journal: [
        journal(
          15_000,
          'core-02',
          'fleet.service',
          `reschedule unit=${unit} machine=core-02 from=core-01 reason="gone"`,
        ),
        journal(16_000, 'core-02', unit, `Started ${unit} - memcached 1.`),
      ],
    };
    expect(recoveryOf(loss, moved)).toMatchObject({ restartedBy: 'fleet', restartedMs: 16_000, systemdMs: undefined });
  });
});
