import { failoverTimeline } from '../../../../scenarios/failover/timeline.ts';
import type { FailoverRecord } from '../../../../scenarios/failover/findings.ts';
import { event, journal, pageMessage, runBeganMs, unit, unitState, unitTarget, view } from '../recorded.ts';

const [db, sidekick, worker] = ['couchbase@1.service', 'couchbase-sidekick@1.service', 'worker.service'];
const key = '/services/couchbase/1';
export const [oldAddress, newAddress] = ['10.1.11.2', '10.1.22.2'];

const placed = (home: string, web1: string | undefined, address: string) =>
  view({
    machines: ['core-01', 'core-02', 'core-03'],
    units: [
      ...[db, sidekick, worker].map((name) => unit(name, home)),
      unit('web@1.service', web1, web1 === undefined ? 'web@2 and web@3 conflict' : undefined),
      ...[2, 3].map((n) => unit(`web@${n}.service`, `core-0${n}`)),
    ],
    keys: { [key]: address },
  });

/** core-01 with Couchbase is halted 1,000 ms into the run; all is well again on two machines, then on three. */
export const faultMs = 1_000;
export const events = [
  event(0, 'run'),
  ...[db, sidekick, worker].map((name, i) => unitState(100 + i, name, 'core-01')),
  ...[1, 2, 3].map((n) => unitState(110 + n, `web@${n}.service`, `core-0${n}`)),
  pageMessage(500, 'core-02', 10, '"1"'),
  event(faultMs, 't0', { machine: 'core-01', by: 'halt' }),
  event(1_200, 'machine-gone', { machine: 'core-01' }),
  ...[sidekick, worker, 'web@1.service', db].map((name, i) => unitState(1_210 + i, name, 'core-01', null)),
  ...[db, sidekick, worker].map((name) => unitTarget(1_400, name, 'core-01', 'core-02')),
  unitTarget(1_400, 'web@1.service', 'core-01', null),
  event(1_500, 'key-gone', { key, old: oldAddress }),
  pageMessage(1_900, 'core-03', 10, '"2"'),
  unitState(2_000, db, 'core-02'),
  unitState(2_100, sidekick, 'core-02'),
  event(2_300, 'key-set', { key, value: newAddress, old: null }),
  unitState(2_400, worker, 'core-02'),
  pageMessage(2_900, 'core-02', 0),
  pageMessage(3_500, 'core-03', 3, '"3"'),
  pageMessage(4_000, 'core-02', 4, '"4"'),
  unitState(9_000, 'web@1.service', 'core-01'),
];

const configured = (address: string) => `current config: { couchbase: 'couchbase://${address}', memcached: [] }`;
export const journals = [
  journal(90, 'core-01', db, `Started ${db} - Couchbase.`),
  journal(150, 'core-02', 'web@2.service', configured(oldAddress)),
  journal(1_950, 'core-02', db, `Started ${db} - Couchbase.`),
  journal(2_450, 'core-02', worker, `current connection: couchbase://${newAddress}`),
  journal(2_600, 'core-02', 'web@2.service', configured(newAddress)),
  journal(2_700, 'core-03', 'web@3.service', configured(newAddress)),
];

export const recordedRun = { events, journal: journals, broken: 'core-01', faultMs, wallToRunMs: runBeganMs };

export function recordedFailover(change: Partial<FailoverRecord> = {}): FailoverRecord {
  const record = { ...recordedRun, ...change };
  return {
    timeline: failoverTimeline({ ...record, wallToRunMs: runBeganMs }),
    before: placed('core-01', 'core-01', oldAddress),
    settled: placed('core-02', undefined, newAddress),
    healed: placed('core-02', 'core-01', newAddress),
    documents: { before: 120, after: 7 },
    connections: [
      { address: '172.17.8.101', openedAt: runBeganMs + 105, closedAt: runBeganMs + 1_100 },
      { address: '172.17.8.102', openedAt: runBeganMs + 2_500 },
    ],
    deadFrom: new Map([['172.17.8.101', runBeganMs + 1_150]]),
    ...record,
  };
}
