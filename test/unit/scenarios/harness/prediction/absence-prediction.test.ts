import { describe, expect, it } from 'vitest';
import { predictAbsence } from '#scenarios/harness/prediction/absence-prediction.ts';
import { predictFailover } from '#scenarios/harness/prediction/failover-steps.ts';
import { predictOutages } from '#scenarios/rolling/outages.ts';
import { runRecord } from '../../recorded.ts';

const { timers } = runRecord().config;
const steps = (webRestartMs: number) =>
  predictFailover({
    by: 'halt',
    timers,
    stretch: 1,
    etcdLeader: false,
    couchbase: true,
    workerStays: true,
    memcachedMoves: false,
    fence: true,
    units: { web: { restartMs: webRestartMs }, worker: { restartMs: 10_000 } },
  });

describe('a machine that leaves in order and returns', () => {
  it("takes as long as its units' move, up to the restart of the apps that were told of it", () => {
    const { gone, elsewhere, allRun } = predictAbsence(steps(5_000), true);
    const moved = (['gone', 'rescheduled', 'active'] as const).map((step) => steps(5_000)[step].minMs);
    expect(elsewhere?.minMs).toBe(moved.reduce((sum, ms) => sum + ms, 0));
    expect(elsewhere?.maxMs).toBeGreaterThan(gone.maxMs + 10_000);
    expect(elsewhere?.terms).toContain('RestartSec of worker 10 s');
    expect(allRun.minMs).toBe(0);
    expect(allRun.maxMs).toBeGreaterThan(10_000);
  });

  it('moves nothing when it had only a web unit, which starts when it is back', () => {
    const { elsewhere, allRun, webBack } = predictAbsence(steps(5_000), false);
    expect(elsewhere).toBeUndefined();
    expect(allRun).toEqual(webBack);
    expect(webBack.minMs).toBeGreaterThan(0);
  });
});

describe('outages of a rolling reboot', () => {
  it('follow the slowest of the reboots, and begin at nothing', () => {
    const { page, socket } = predictOutages([steps(5_000), steps(9_000)], timers);
    expect(page).toMatchObject({ minMs: 0, maxMs: steps(9_000).appRestarted.maxMs });
    expect(page?.terms).toContain('RestartSec of web 9 s');
    expect(socket?.maxMs).toBeGreaterThan(page?.maxMs ?? Infinity);
  });

  it("etcd is away for an election; one machine's memcached for a boot, which no timer tells", () => {
    const told = predictOutages([], { etcdElectionMs: 700 });
    expect(told['etcd-write']).toMatchObject({ minMs: 0, maxMs: 1_400 });
    expect(Object.keys(told).sort()).toEqual(['etcd-read', 'etcd-write']);
  });
});
