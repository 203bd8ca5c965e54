import type { FailoverOutcome } from '#scenarios/failover/findings.ts';
import type { RunRecord } from '#scenarios/harness/record/run-record.ts';
import { event, journal, pageMessage, runBeganMs, runRecord, unitState, unitTarget } from '../recorded.ts';

const [db, sidekick, worker] = ['couchbase@1.service', 'couchbase-sidekick@1.service', 'worker.service'];
const key = '/services/couchbase/1';
export const [oldAddress, newAddress] = ['10.1.11.2', '10.1.22.2'];

/** core-01 with Couchbase is halted 1,000 ms into the run; all is well again on two machines, then on three. */
const faultMs = 1_000;
const moved = [db, sidekick, worker];
const halt = {
  id: '1-halt-core-01',
  kind: 'halt',
  machine: 'core-01',
  name: 'halt core-01',
  action: { kind: 'halt' },
} as const;
export const events = [
  event(0, 'run', { scenario: 'failover', parameters: { by: 'halt' } }),
  ...[1, 2, 3].map((n) => event(50, 'machine-present', { machine: `core-0${n}`, initial: true })),
  event(60, 'key-set', { key, value: oldAddress, old: null, initial: true }),
  ...moved.map((name) => unitTarget(90, name, null, 'core-01')),
  ...[1, 2, 3].map((n) => unitTarget(95, `web@${n}.service`, null, `core-0${n}`)),
  ...moved.map((name, i) => unitState(100 + i, name, 'core-01')),
  ...[1, 2, 3].map((n) => unitState(110 + n, `web@${n}.service`, `core-0${n}`)),
  pageMessage(500, 'core-02', 10, '"1"'),
  event(faultMs, 'fault', halt),
  event(1_200, 'machine-gone', { machine: 'core-01' }),
  ...[sidekick, worker, 'web@1.service', db].map((name, i) => unitState(1_210 + i, name, 'core-01', null)),
  event(1_300, 'fault-done', halt),
  ...moved.map((name) => unitTarget(1_400, name, 'core-01', 'core-02')),
  unitTarget(1_400, 'web@1.service', 'core-01', null),
  event(1_500, 'key-gone', { key, old: oldAddress }),
  pageMessage(1_900, 'core-03', 10, '"2"'),
  unitState(2_000, db, 'core-02'),
  unitState(2_100, sidekick, 'core-02'),
  event(2_300, 'key-set', { key, value: newAddress, old: null }),
  unitState(2_400, worker, 'core-02'),
  pageMessage(2_500, 'core-02', 0),
  pageMessage(3_500, 'core-03', 3, '"3"'),
  pageMessage(4_000, 'core-02', 4, '"4"'),
  event(5_000, 'fault-undo', halt),
  event(8_000, 'machine-present', { machine: 'core-01' }),
  event(8_100, 'fault-undone', halt),
  unitTarget(8_200, 'web@1.service', null, 'core-01'),
  unitState(9_000, 'web@1.service', 'core-01'),
  event(9_500, 'phase', { name: 'end' }),
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

export const recordedRun = (change: Partial<RunRecord> = {}): RunRecord =>
  runRecord({
    events,
    journal: journals,
    connections: [
      { address: '172.17.8.101', openedAt: runBeganMs + 105, closedAt: runBeganMs + 1_100 },
      { address: '172.17.8.102', openedAt: runBeganMs + 2_500 },
    ],
    ...change,
  });

export const recordedOutcome = (change: Partial<FailoverOutcome> = {}): FailoverOutcome => ({
  broken: 'core-01',
  subject: { unit: db, key: { name: key, old: oldAddress } },
  faultMs,
  undoMs: 5_000,
  settledMs: 4_900,
  pageBackMs: 9_300,
  healedMs: 9_400,
  moved,
  displaced: 'web@1.service',
  documents: { before: 120, after: 7 },
  ...change,
});
