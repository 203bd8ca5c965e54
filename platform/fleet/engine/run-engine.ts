import type { EtcdStore } from '../../etcd/store.ts';
import { coalesce } from '../parts/coalesce.ts';
import { startGrace } from './taken-for-dead.ts';
import type { Log } from '../parts/log.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { historyWrites } from '../registry/decision-history.ts';
import { snapshotOf } from '../registry/view.ts';
import { writeDecisions } from '../registry/write-decisions.ts';
import { decide } from './decide.ts';
import { fencedMachines } from './fenced-machines.ts';
import { type EngineFigures, type EngineTally, engineTally } from './tally.ts';
import { shortId, type Decision, type Machine, type Snapshot } from '../parts/model.ts';

export interface Engine {
  /** Has a pass begin, or another one follow that which runs. */
  wake(): void;
  /** etcd has answered: said a few times within the TTL, so that a longer silence is noticed. */
  contact(): void;
  /** Did it lead in its last pass? */
  isLeading(): boolean;
  /** For /metrics: since this fleetd began. */
  figures(): EngineFigures;
  /** No pass begins any more; resolves when a running one has ended. The leadership key stays on its lease. */
  stop(): Promise<void>;
}

/**
 * The engine of one machine: stands for leader, and while it leads turns every change of units, schedule or machines into
 * decisions. Leadership hangs on the presence lease: a leader dies with its machine key, never later, so choosing the next one
 * costs no extra time.
 */
export function runEngine(args: {
  store: EtcdStore;
  keys: FleetKeys;
  mirror: Mirror;
  machineId: string;
  lease: () => string | undefined;
  ttlMs: number;
  /** How long a machine that has gone may take to stop its units, ms; 0: nobody waits for that. */
  fenceWaitMs?: number;
  log: Log;
  now?: () => number;
}): Engine {
  const { store, keys, mirror, machineId, log } = args;
  const now = args.now ?? (() => performance.now());
  const grace = startGrace(now(), args.ttlMs);
  let leading = '';
  const tally = engineTally(now);
  /** What there was nothing to decide on. */
  let settled: Snapshot | undefined;
  const fenced = fencedMachines(args.fenceWaitMs ?? 0);
  let afterGrace: NodeJS.Timeout | undefined;

  const pass = async (): Promise<void> => {
    const lease = args.lease();
    if (lease === undefined) return;
    const leadership = `${machineId} ${lease}`;
    const lead = await campaign(args, leadership, lease);
    if (lead !== (leading === leadership)) log('engine', { event: lead ? 'leading' : 'following', machine: machineId });
    leading = lead ? leadership : '';
    tally.leads(lead);
    if (!lead) return;
    const waitMs = grace.until() - now();
    clearTimeout(afterGrace);
    const view = mirror.view();
    const ending = fenced.at(now(), view);
    const againMs = Math.min(waitMs > 0 ? waitMs : Infinity, ending.nextMs);
    if (againMs < Infinity) afterGrace = setTimeout(() => passes.wake(), againMs);
    const snapshot = withEnding(snapshotOf(view, waitMs <= 0), ending.ids);
    if (settled !== undefined && isSame(settled, snapshot)) return;
    settled = undefined;
    const decisions = decide(snapshot);
    if (decisions.length === 0) return void (settled = snapshot);
    const present = new Map(view.machines.map((m) => [m.id, m]));
    const units = new Map(view.units.map((u) => [u.name, u]));
    const isMissing = (id: string): boolean => !present.has(id) && !view.unreadableMachines.includes(id);
    const valueOf = (key: string): string | undefined => mirror.value(key);
    const notes = historyWrites({ keys, valueOf, machines: view.machines, by: machineId, at: Date.now() });
    const written = await writeDecisions(store, keys, leadership, units, decisions, isMissing, notes);
    if (!written) throw new Error('the picture was old; deciding again');
    tally.decided(decisions);
    for (const decision of decisions) logDecision(log, decision, present);
  };
  const onError = (error: unknown): void => passFailed(error, tally, log);
  const passes = coalesce(() => tally.pass(pass), onError, { retryMs: 50 });

  mirror.onChange((changed) => {
    if (isToDecideOn(changed, keys)) passes.wake();
  });
  return {
    wake: () => passes.wake(),
    contact() {
      grace.contact(now());
      passes.wake();
    },
    isLeading: () => leading !== '',
    figures: () => tally.figures(),
    async stop() {
      clearTimeout(afterGrace);
      await passes.stop();
    },
  };
}

function passFailed(error: unknown, tally: EngineTally, log: Log): void {
  tally.failed();
  log('engine', { event: 'retry', cause: error instanceof Error ? error.message : String(error) });
}

/** Unit states change all the time and decide nothing. */
function isToDecideOn(changed: Iterable<string>, keys: FleetKeys): boolean {
  for (const key of changed) if (!key.startsWith(keys.states)) return true;
  return false;
}

/** What is scheduled to machines that may not have stopped it yet stays there. */
function withEnding(snapshot: Snapshot, ids: readonly string[]): Snapshot {
  if (ids.length === 0) return snapshot;
  return { ...snapshot, unreadableMachines: new Set([...(snapshot.unreadableMachines ?? []), ...ids]) };
}

/** Of the same units and machines: a view keeps those lists in which nothing has changed. */
function isSame(a: Snapshot, b: Snapshot): boolean {
  const unreadable = ({ unreadableMachines }: Snapshot): string => [...(unreadableMachines ?? [])].sort().join(' ');
  const isAsSure = a.missingMachinesAreDead === b.missingMachinesAreDead && unreadable(a) === unreadable(b);
  return a.units === b.units && a.machines === b.machines && isAsSure;
}

/** @returns true when this machine leads, under the guard `leadership` */
async function campaign(
  { store, keys, mirror, machineId }: { store: EtcdStore; keys: FleetKeys; mirror: Mirror; machineId: string },
  leadership: string,
  lease: string,
): Promise<boolean> {
  const held = mirror.value(keys.leader);
  if (held === leadership) return true;
  // A key left by this machine's previous daemon need not run out first.
  if (held !== undefined && !held.startsWith(`${machineId} `)) return false;
  const guard = held === undefined ? { key: keys.leader, absent: true as const } : { key: keys.leader, value: held };
  return (await store.transact([guard], [{ put: keys.leader, value: leadership, lease }])) !== undefined;
}

function logDecision(log: Log, d: Decision, machines: ReadonlyMap<string, Machine>): void {
  const name = (id: string): string => machines.get(id)?.name ?? shortId(id);
  switch (d.kind) {
    case 'place':
      return log('schedule', { unit: d.unit, machine: name(d.to), reason: d.reason });
    case 'move':
      return log('reschedule', { unit: d.unit, from: name(d.from), machine: name(d.to), reason: d.reason });
    case 'evict':
      return log('unschedule', {
        unit: d.unit,
        machine: name(d.from),
        reason: [d.reason, ...(d.blocked ?? [])].join('; '),
      });
    case 'block':
      return log('unschedulable', { unit: d.unit, reason: d.reason });
    case 'stay':
      return log('not-moved', { unit: d.unit, reason: d.reason });
    case 'unblock':
      return log('no-longer-waiting', { unit: d.unit, reason: d.reason });
  }
}
