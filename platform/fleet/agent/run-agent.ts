import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { coalesce } from '../daemon/coalesce.ts';
import type { Log } from '../daemon/log.ts';
import type { Machine } from '../engine/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { StateRecord } from '../registry/records.ts';
import { desiredUnits } from './desired.ts';
import { endings } from './endings.ts';
import { taskHolds } from './hold.ts';
import { removeAll, untilNoneRuns } from './leaving.ts';
import { agentPass, unitsHere, type Hands, type Starts } from './pass.ts';
import type { CurrentUnit } from './plan.ts';
import { statePublisher } from './publish.ts';
import { startWaits } from './start-waits.ts';

/** The agent of one machine: makes systemd run what is scheduled here and says in etcd how that goes. */
export interface Agent {
  wake(): void;
  /** No further pass; what runs goes on running. */
  stop(): Promise<void>;
  /** Stops and removes every unit; resolves when all have stopped or `deadlineMs` is over. */
  drain(deadlineMs: number): Promise<void>;
  /** Resolves when no unit runs any more (systemd stops them: the machine goes down) or `deadlineMs` is over. */
  untilStopped(deadlineMs: number): Promise<void>;
  /** What it said of its units in its last pass. */
  reports(): readonly StateRecord[];
}

/**
 * One level-triggered pass (look, plan, do, look again, report) for every wake-up: a change of the schedule, a word of systemd about
 * one of our units, or the slow tick. Starts only when `mirror` is filled: an empty picture would read as "stop everything".
 */
export function runAgent(args: {
  store: EtcdStore;
  keys: FleetKeys;
  mirror: Mirror;
  systemd: SystemdDriver;
  machine: Machine;
  lease: () => string | undefined;
  resyncMs: number;
  log: Log;
}): Agent {
  const { store, keys, mirror, systemd, machine, log } = args;
  const ends = endings();
  let known = new Set<string>();
  const onOverwritten = (): void => passes.wake();
  let reports: readonly StateRecord[] = [];
  const publisher = statePublisher({ store, keys, mirror, machineId: machine.id, onOverwritten });

  const look = async (): Promise<CurrentUnit[]> => {
    const current = await unitsHere(systemd, ends);
    known = new Set(current.map((u) => u.name));
    return current;
  };
  const waits = startWaits({ mirror, keys, machine, log });
  const hands: Hands = { systemd, look, holds: taskHolds(() => performance.now()), ends, log };
  const pass = async (): Promise<void> => {
    const desired = desiredUnits(mirror.view(), machine);
    const saidAt = (unit: string) => mirror.revision(keys.job(unit).desired);
    const starts: Starts = { waitsFor: waits.cause, claim: (units) => publisher.claim(args.lease(), units) };
    reports = await agentPass(hands, { machineId: machine.id, desired, saidAt, starts });
    const lease = args.lease();
    if (lease !== undefined) await publisher.publish(lease, reports);
  };
  const passes = coalesce(pass, (error) =>
    log('agent', { event: 'retry', cause: error instanceof Error ? error.message : String(error) }),
  );

  mirror.onChange((changed) => {
    const concernsUnits = [...changed].some(
      (key) => key.startsWith(keys.jobs) || key.startsWith(keys.machines) || waits.concerns(key),
    );
    if (concernsUnits) passes.wake();
  });
  let soon: NodeJS.Timeout | undefined;
  const follower = systemd.follow((unit) => {
    // systemd writes several lines for one change; a few milliseconds gather them into one look.
    if (known.has(unit)) soon ??= setTimeout(() => ((soon = undefined), passes.wake()), 20);
  });
  const tick = setInterval(() => passes.wake(), args.resyncMs);
  const stop = async (): Promise<void> => {
    clearInterval(tick);
    clearTimeout(soon);
    follower.close();
    await passes.stop();
  };
  return {
    wake: () => passes.wake(),
    reports: () => reports,
    stop,
    untilStopped: (deadlineMs) => untilNoneRuns(hands, deadlineMs),
    async drain(deadlineMs) {
      await stop();
      await removeAll(hands, deadlineMs);
    },
  };
}
