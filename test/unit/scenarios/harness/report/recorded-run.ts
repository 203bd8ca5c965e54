import { join } from 'node:path';
import { readEvents } from '#scenarios/harness/record/read-events.ts';
import { type ProbeName, type Sample, probeNames } from '#scenarios/harness/record/sample.ts';
import type { ClusterSnapshot, RunReport } from '#scenarios/harness/record/run-report.ts';

/** The events of a real failover (`core-03` cut), as recorded on machines. */
export const { events: failoverEvents } = await readEvents(
  join(import.meta.dirname, 'recorded/failover-events.ndjson'),
);

const began = failoverEvents[0]?.wallMs ?? 0;
const [faultMs, backMs, tookMs] = [1_136, 31_090, 41_642];

/** Which probes fail when, ms of the run: what such a cut does to visitors and clients. */
const outages: Readonly<Record<ProbeName, readonly (readonly [from: number, to: number, share: number])[]>> = {
  page: [
    [faultMs, backMs + 9_500, 0.34],
    [8_200, 15_300, 1],
  ],
  socket: [[8_200, 31_000, 1]],
  'etcd-read': [[faultMs, faultMs + 900, 0.4]],
  'etcd-write': [[faultMs, faultMs + 1_300, 0.8]],
  memcached: [[faultMs, 8_100, 0.33]],
  couchbase: [[faultMs, 10_100, 1]],
};
const usualMs: Readonly<Record<ProbeName, number>> = {
  page: 9,
  socket: 3,
  'etcd-read': 2,
  'etcd-write': 6,
  memcached: 1.2,
  couchbase: 2.4,
};

/** Twenty a second for each probe; the spread comes from a fixed sequence, so that every call gives the same. */
export function failoverSamples(): Sample[] {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return probeNames.flatMap((probe) =>
    Array.from({ length: Math.floor(tookMs / 50) }, (_, index): Sample => {
      const atMs = index * 50;
      const failing = outages[probe].some(([from, to, share]) => atMs >= from && atMs < to && random() < share);
      const slow = random() < 0.01 ? 20 : 1;
      const ms = failing ? 500 : Math.round(usualMs[probe] * (0.7 + random()) * slow * 10) / 10;
      const machine = `core-0${(index % 3) + 1}`;
      return { probe, wallMs: began + atMs, ms, ok: !failing, machine, ...(failing ? { error: 'no answer' } : {}) };
    }),
  );
}

const stack: readonly (readonly [name: string, before: string, during: string | undefined])[] = [
  ['couchbase-sidekick@1.service', 'core-03', 'core-01'],
  ['couchbase@1.service', 'core-03', 'core-01'],
  ['memcached-sidekick@1.service', 'core-02', 'core-02'],
  ['memcached-sidekick@2.service', 'core-03', 'core-01'],
  ['memcached-sidekick@3.service', 'core-02', 'core-02'],
  ['memcached@1.service', 'core-02', 'core-02'],
  ['memcached@2.service', 'core-03', 'core-01'],
  ['memcached@3.service', 'core-02', 'core-02'],
  ['web@1.service', 'core-03', undefined],
  ['web@2.service', 'core-02', 'core-02'],
  ['web@3.service', 'core-01', 'core-01'],
  ['worker.service', 'core-02', 'core-02'],
];
const reason =
  'core-01 (c0015b7f...) runs web@3.service, which conflicts with web@*.service; core-02 (c0028057...) runs web@2.service, which conflicts with web@*.service';

function snapshot(label: string, atMs: number, keys: Record<string, string>): ClusterSnapshot {
  const during = label === 'during';
  const homeOf = ([, before, then]: (typeof stack)[number]) =>
    label === 'before' ? before : (then ?? (during ? undefined : 'core-03'));
  return {
    label,
    atMs,
    machines: ['core-01', 'core-02', 'core-03'].map((name, index) => {
      const cut = during && name === 'core-03';
      return {
        name,
        address: `172.17.8.10${index + 1}`,
        state: cut ? 'cut' : 'running',
        listed: !cut,
        etcd: cut ? ('away' as const) : index === 1 ? ('leader' as const) : ('follower' as const),
        engine: index === 1,
      };
    }),
    units: stack.map((unit) => {
      const home = homeOf(unit);
      return home === undefined
        ? { name: unit[0], reason, states: [] }
        : { name: unit[0], target: home, states: [{ machine: home, state: 'active/running' }] };
    }),
    keys: Object.fromEntries(Object.entries(keys).map(([key, value]) => [`/services/${key}`, value])),
  };
}

const old = {
  'couchbase/1': '10.1.3.4',
  'memcached/1': '10.1.2.2',
  'memcached/2': '10.1.3.2',
  'memcached/3': '10.1.2.5',
};
const now = { ...old, 'couchbase/1': '10.1.1.4', 'memcached/2': '10.1.1.3' };
const lease = { minMs: 3_000, maxMs: 5_500, terms: 'presence lease 4 s, renewed every 1 s + election 0.5-1.5 s' };

/** The report of that run. */
export function failoverReport(change: Partial<RunReport> = {}): RunReport {
  const decision = (unit: string, why: string) => ({
    atMs: 5_344,
    kind: 'reschedule',
    unit: `${unit}.service`,
    from: 'core-03',
    to: 'core-01',
    engine: 'core-02',
    reason: `machine c003e05a... is gone; core-01 (c0015b7f...): ${why}`,
  });
  return {
    schema: 'coreos-lab/run/2',
    scenario: 'failover',
    verdict: 'pass',
    tookMs,
    runDir: 'runs/failover/2026-11-22T17-45-07',
    summary: 'Breaks the machine that runs Couchbase and follows the cluster until the page shows new RSVPs again.',
    parameters: { by: 'cut', target: 'machine running couchbase@1' },
    command: 'lab scenario failover --by cut',
    lab: { name: 'lab', provider: 'nspawn', timers: { fleetAgentTtlMs: 5_000, etcdElectionMs: 500 } },
    startedAt: new Date(began).toISOString(),
    sentence:
      'Cutting core-03 cost visitors 29.9 s; all units that can move had moved after 8.7 s, and no acknowledged write to etcd was lost.',
    phases: [
      { name: 'steady', fromMs: 0, toMs: 1_135 },
      { name: 'detect', fromMs: 1_135, toMs: 5_591 },
      { name: 'reschedule and start', fromMs: 5_591, toMs: 10_105 },
      { name: 'discover', fromMs: 10_105, toMs: 31_042 },
      { name: 'bring back', fromMs: 31_042, toMs: tookMs },
    ],
    timeline: [
      { name: 'fault', atMs: faultMs, detail: 'cut core-03' },
      { name: 'machine gone', atMs: 5_591, detail: 'fleet no longer lists core-03', predicted: lease },
      { name: 'rescheduled', atMs: 5_592, detail: 'couchbase@1 placed on core-01', predicted: lease },
      {
        name: 'active',
        atMs: 9_402,
        detail: 'couchbase@1 started on core-01',
        predicted: { minMs: 5_800, maxMs: 8_900, terms: 'the above + container start 2.8-3.4 s' },
      },
      {
        name: 'registered',
        atMs: 10_105,
        detail: '/services/couchbase/1 = 10.1.1.4',
        predicted: { minMs: 6_000, maxMs: 9_600, terms: 'the above + sidekick start 0.2-0.7 s' },
      },
      {
        name: 'app restarted',
        atMs: 15_267,
        detail: 'web@3.service on core-01',
        predicted: { minMs: 11_000, maxMs: 15_100, terms: 'the above + RestartSec 5 s' },
      },
      {
        name: 'first good page',
        atMs: 30_994,
        detail: '9 rows from core-01',
        predicted: { minMs: 17_000, maxMs: 27_000, terms: 'the above + worker RestartSec 10 s + bootstrap 1-2 s' },
      },
    ],
    measures: [
      { name: 'detect', fromMs: faultMs, toMs: 5_591, ms: 4_455, predicted: lease },
      {
        name: 'decide',
        fromMs: 5_591,
        toMs: 5_592,
        ms: 1,
        predicted: { minMs: 0, maxMs: 300, terms: 'one round of the engine' },
      },
      {
        name: 'restart the page',
        detail: 'web@3 on core-01',
        fromMs: 10_105,
        toMs: 15_267,
        ms: 5_162,
        predicted: { minMs: 5_000, maxMs: 5_500, terms: 'RestartSec 5 s + start' },
      },
      {
        name: 'feed the page',
        fromMs: 15_267,
        toMs: 30_994,
        ms: 15_727,
        predicted: { minMs: 6_000, maxMs: 12_000, terms: 'worker RestartSec 10 s + first write' },
      },
      { name: 'memcached@2 registered', fromMs: faultMs, toMs: 8_111, ms: 6_975, group: 'memcached' },
      {
        name: 'memcached@2 deregistered first',
        fromMs: faultMs,
        group: 'memcached',
        predicted: { minMs: 3_000, maxMs: 8_000, terms: 'TTL 8 s' },
      },
    ],
    findings: [
      { kind: 'claim', name: 'couchbase@1.service moved', verdict: 'pass', evidence: 'core-03 -> core-01' },
      {
        kind: 'claim',
        name: 'the third web instance stayed down for lack of a machine, and returned with the machine',
        verdict: 'pass',
        evidence: `web@1.service: ${reason}; then on core-03`,
      },
      {
        kind: 'claim',
        name: 'documents before and after (the chapter’s accepted loss)',
        verdict: 'pass',
        evidence: '35 before the fault, 12 in the new, once empty bucket',
      },
      {
        kind: 'invariant',
        name: 'at most one worker connection at any time',
        verdict: 'pass',
        evidence: '2 connections one after another: 172.17.8.102, 172.17.8.102',
      },
      {
        kind: 'invariant',
        name: 'nothing moved that need not move',
        verdict: 'pass',
        evidence: 'no unit left a machine other than core-03',
      },
      { kind: 'evidence', name: 'all probes ran', verdict: 'pass', evidence: '6 probes, 832 samples each' },
    ],
    faults: [
      { id: '1-cut-core-03', machine: 'core-03', kind: 'cut', name: 'cut core-03', fromMs: faultMs, toMs: backMs },
    ],
    snapshots: [snapshot('before', 1_130, old), snapshot('during', 31_040, now), snapshot('after', 41_000, now)],
    decisions: [
      decision('couchbase@1', 'least loaded of 2 able (units core-01:1 core-02:6)'),
      decision('couchbase-sidekick@1', 'MachineOf couchbase@1.service'),
      {
        atMs: 5_345,
        kind: 'unschedule',
        unit: 'web@1.service',
        from: 'core-03',
        reason: `machine c003e05a... is gone; ${reason}`,
        engine: 'core-02',
      },
      {
        atMs: 39_853,
        kind: 'schedule',
        unit: 'web@1.service',
        to: 'core-03',
        reason: 'core-03 (c003e05a...): the only able machine',
        engine: 'core-02',
      },
    ],
    probes: probeNames.map((probe, index) => ({
      probe,
      asked: 832,
      failed: 40 * index,
      medianMs: usualMs[probe],
      p99Ms: 20,
      worstMs: 180,
      longestOutageMs: index * 2_500,
    })),
    harness: { probeCpuPercent: 3.1, clockErrorMs: 0.8 },
    facts: { machine: 'core-03', 'moved to': 'core-01' },
    screenshots: [],
    ...change,
  };
}
