import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderCapability } from '#provision/machines/machine-provider.ts';
import { overMs, planChaos, type PlannedFault, quorumBudget } from '#scenarios/chaos/plan.ts';
import { allUnits } from '#scenarios/stack/stack.ts';
import type { FaultAction, FaultKind } from '#scenarios/harness/record/fault-record.ts';

const everyCapability: readonly ProviderCapability[] = [
  ...(['halt', 'cut', 'reboot', 'exec', 'limits', 'pause', 'partition', 'packet-loss'] as const),
  ...(['slow-cpu', 'slow-disk', 'full-disk'] as const),
];
const names = (count: number) => Array.from({ length: count }, (_, i) => `core-0${i + 1}`);

const requests = fc.record({
  seed: fc.nat(),
  minutes: fc.integer({ min: 1, max: 20 }),
  machines: fc.integer({ min: 1, max: 7 }).map(names),
  capabilities: fc.subarray([...everyCapability]),
  units: fc.subarray([...allUnits]),
});
const whole = { minutes: 10, machines: names(3), capabilities: everyCapability, units: allUnits };

/** Judged from the action alone, not from what the plan calls it. */
function mayLeaveQuorum(action: FaultAction): boolean {
  if (action.kind === 'kill' || action.kind === 'stop-unit') return action.unit.startsWith('etcd');
  return !['kill-container', 'slow-cpu'].includes(action.kind);
}

function neededCapability({ kind }: FaultAction): ProviderCapability {
  return kind === 'kill' || kind === 'kill-container' || kind === 'stop-unit' ? 'exec' : kind;
}

/** How many of these faults are in force at once, at worst, their recovery counted in. */
function mostAtOnce(faults: readonly PlannedFault[]): number {
  const counts = faults.map(({ atMs }) =>
    faults.filter((f) => f.atMs <= atMs && atMs < Math.max(overMs(f), f.atMs + 1)),
  );
  return Math.max(0, ...counts.map(({ length }) => length));
}

describe('a plan of random faults', () => {
  it('is the same for the same request', () => {
    fc.assert(fc.property(requests, (request) => void expect(planChaos(request)).toEqual(planChaos({ ...request }))));
  });

  it('is another for another seed', () => {
    const plans = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(planChaos({ ...whole, seed }))));
    expect(plans.size).toBe(50);
  });

  it('never takes more machines out of the quorum than etcd can miss, their recovery counted in', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const heavy = planChaos(request).filter(({ action }) => mayLeaveQuorum(action));
        expect(mostAtOnce(heavy)).toBeLessThanOrEqual(quorumBudget(request.machines.length));
        expect(heavy.every(({ weight }) => weight === 'heavy')).toBe(true);
      }),
    );
  });

  it('lies within its minutes, recovery included, in order', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plan = planChaos(request);
        for (const fault of plan) {
          expect(fault.atMs).toBeGreaterThan(0);
          expect(fault.durationMs).toBeGreaterThanOrEqual(0);
          expect(overMs(fault)).toBeLessThanOrEqual(request.minutes * 60_000 - 3_000);
        }
        expect(plan).toEqual([...plan].sort((a, b) => a.atMs - b.atMs));
      }),
    );
  });

  it('asks nothing of the provider that it cannot do, and of no unit that is not there', () => {
    fc.assert(
      fc.property(requests, (request) => {
        for (const { action, target } of planChaos(request)) {
          expect(request.capabilities).toContain(neededCapability(action));
          const unit = /^machine running (.*)$/.exec(target)?.[1];
          if (unit !== undefined) expect(request.units).toContain(`${unit}.service`);
          if (/^core-/.test(target)) expect(request.machines).toContain(target);
          if (action.kind === 'partition' && action.from !== 'all') expect(action.from).not.toContain(target);
        }
      }),
    );
  });

  it('leaves quiet stretches in which the stack can recover', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const plan = planChaos({ ...whole, seed });
        let overAt = 0;
        let quiet = 0;
        for (const fault of plan) {
          if (fault.atMs - overAt >= 10_000) quiet++;
          overAt = Math.max(overAt, overMs(fault));
        }
        expect(quiet).toBeGreaterThanOrEqual(4);
      }),
      { numRuns: 200 },
    );
  });

  it('lets light faults overlap heavy ones, and harms the others CPUs little meanwhile', () => {
    const plans = Array.from({ length: 40 }, (_, seed) => planChaos({ ...whole, seed }));
    expect(plans.some((plan) => mostAtOnce(plan) >= 2)).toBe(true);
    for (const plan of plans) {
      for (const slow of plan.filter(({ action }) => action.kind === 'slow-cpu')) {
        const beside = plan.some((f) => f.weight === 'heavy' && f.atMs < overMs(slow) && overMs(f) > slow.atMs);
        if (beside && slow.action.kind === 'slow-cpu') expect(slow.action.cpus).toBeGreaterThan(0.5);
      }
    }
  });

  it('shows every kind of fault and target over some seeds, and much of it within ten minutes', () => {
    const plans = Array.from({ length: 30 }, (_, seed) => planChaos({ ...whole, seed }));
    const kinds = new Set(plans.flat().map(({ action }) => action.kind));
    const every: FaultKind[] = ['halt', 'cut', 'reboot', 'pause', 'partition', 'packet-loss', 'slow-cpu', 'slow-disk'];
    every.push('full-disk', 'kill', 'kill-container', 'stop-unit');
    expect([...kinds].sort()).toEqual(every.sort());
    const texts = plans.flat().map(({ target, action }) => `${target}: ${JSON.stringify(action)}`);
    for (const wanted of [
      /^core-0\d: /,
      /^any other: /,
      /^engine leader: .*fleet/,
      /^etcd leader: .*kill.*etcd/,
      /^machine running couchbase@1: .*"cut"/,
      /^machine running memcached@\d: .*memcached-\d/,
      /partition.*all/,
      /partition.*\["core-0\d"\]/,
      /"kill".*etcd/,
      /"kill".*flanneld/,
      /"kill".*docker/,
      /"kill".*sidekick/,
      /stop-unit.*(web|worker|memcached|couchbase)/,
      /stop-unit.*etcd/,
    ]) {
      expect(texts.filter((text) => wanted.test(text)).length, String(wanted)).toBeGreaterThan(0);
    }
    for (const plan of plans) {
      expect(new Set(plan.map(({ action }) => action.kind)).size).toBeGreaterThanOrEqual(8);
      expect(plan.length).toBeGreaterThanOrEqual(20);
    }
  });
});
