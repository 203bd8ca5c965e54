import type { InvariantName } from '../context/scenario.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Finding } from '../record/verdict.ts';
import { conflicts } from './conflicts.ts';
import { deadKeys } from './dead-keys.ts';
import { documents } from './documents.ts';
import { etcdWrites } from './etcd-writes.ts';
import { machineOf } from './machine-of.ts';
import { nothingMoved } from './nothing-moved.ts';
import { oneWorkerConnection } from './one-worker-connection.ts';
import { sessions } from './sessions.ts';

/** What must hold in every run, whatever the scenario. Each is a pure function of what was recorded; missing evidence is `unknown`. */
export const standingInvariants: Readonly<Record<InvariantName, (record: RunRecord) => Finding>> = {
  'one-worker-connection': oneWorkerConnection,
  conflicts,
  'machine-of': machineOf,
  documents,
  'etcd-writes': etcdWrites,
  'dead-keys': deadKeys,
  sessions,
  'nothing-moved': nothingMoved,
};
