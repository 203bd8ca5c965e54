import type { ClusterView, UnitView } from '#scenarios/harness/record/cluster-view.ts';
import { type EventData, type EventType, type RunEvent, runEventSchema } from '#scenarios/harness/record/run-event.ts';
import type { JournalLine } from '#scenarios/harness/record/journal-line.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';
import type { RunRecord } from '#scenarios/harness/record/run-record.ts';

/** Wall clock of the run's beginning; a wall time minus this is a time in the run. */
export const runBeganMs = 1_700_000_000_000;

export const event = <Type extends EventType>(atMs: number, type: Type, data: EventData<Type>): RunEvent =>
  runEventSchema.parse({ atMs, wallMs: runBeganMs + atMs, type, data });

/** A unit whose state changed on a machine; null: nothing is published there any more. */
export const unitState = (atMs: number, unit: string, machine: string, state: string | null = 'active/running') =>
  event(atMs, 'unit-state', { unit, machine, state });

export const unitTarget = (atMs: number, unit: string, from: string | null, to: string | null) =>
  event(atMs, 'unit-target', { unit, from, to, reason: null });

export const pageMessage = (atMs: number, machine: string, rows: number, firstKey: string | null = null) =>
  event(atMs, 'page-message', { machine, rows, firstKey });

export const journal = (atMs: number, machine: string, unit: string, message: string): JournalLine => ({
  wallMs: runBeganMs + atMs,
  machine,
  unit,
  message,
});

/** A unit that runs where fleet wants it; without a machine it is placed nowhere, for a reason. */
export const unit = (name: string, machine?: string, reason?: string): UnitView => ({
  name,
  target: machine,
  reason,
  states: machine === undefined ? [] : [{ machine, state: 'active/running' }],
});

export const view = (parts: Partial<ClusterView>): ClusterView => ({ machines: [], units: [], keys: {}, ...parts });

/** Three machines with the timers of lab.toml, and nothing else unless it is given. */
export const runRecord = (parts: Partial<RunRecord> = {}): RunRecord => ({
  config: {
    stretch: 1,
    machines: [1, 2, 3].map((index) => ({
      name: `core-0${index}`,
      index,
      address: `172.17.8.10${index}`,
      memoryBytes: 2 ** 31,
      cpus: 1,
    })),
    timers: {
      fleetAgentTtlMs: 5_000,
      etcdHeartbeatMs: 50,
      etcdElectionMs: 500,
      bootDeadlineMs: 60_000,
      readyDeadlineMs: 90_000,
      haltDeadlineMs: 30_000,
      deployDeadlineMs: 300_000,
      imageBuildDeadlineMs: 1_200_000,
    },
  },
  events: [],
  samples: [],
  journal: [],
  connections: undefined,
  readBack: [],
  wallToRunMs: runBeganMs,
  ...parts,
});

/** The four events of a fault that was in force from `fromMs` to `undoMs`; each command took `tookMs`. */
export const faultEvents = (
  machine: string,
  action: FaultAction,
  fromMs: number,
  undoMs?: number,
  tookMs = 100,
  id = `${action.kind}-${machine}-${fromMs}`,
) => {
  const data = { id, machine, kind: action.kind, action, name: `${action.kind} ${machine}` };
  const began = [event(fromMs, 'fault', data), event(fromMs + tookMs, 'fault-done', data)];
  if (undoMs === undefined) return began;
  return [...began, event(undoMs, 'fault-undo', data), event(undoMs + tookMs, 'fault-undone', data)];
};

/** Events of several sources as one history. */
export const history = (...parts: (RunEvent | readonly RunEvent[])[]): RunEvent[] =>
  parts.flat().sort((a, b) => a.atMs - b.atMs);
