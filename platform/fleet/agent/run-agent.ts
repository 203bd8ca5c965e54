import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { coalesce } from '../daemon/coalesce.ts';
import type { Log } from '../daemon/log.ts';
import type { Machine } from '../engine/model.ts';
import type { FleetKeys } from '../registry/keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { StateRecord } from '../registry/records.ts';
import { desiredUnits } from './desired.ts';
import { endings } from './endings.ts';
import { taskHolds } from './hold.ts';
import { removeAll, untilNoneRuns } from './leaving.ts';
import { ownUnits } from './own-units.ts';
import { statePublisher } from './publish.ts';
import { reportUnits } from './reports.ts';

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
  const holds = taskHolds(() => performance.now());
  const ends = endings();
  const units = ownUnits({ systemd, holds, ends, log });
  const onOverwritten = (): void => passes.wake();
  let reports: readonly StateRecord[] = [];
  const publisher = statePublisher({ store, keys, mirror, machineId: machine.id, onOverwritten });

  const pass = async (): Promise<void> => {
    const desired = desiredUnits(mirror.view(), machine);
    // Wanting less clears the memory of a failed start, so that the next start is tried at once.
    for (const unit of desired) {
      ends.heed(unit, mirror.revision(keys.job(unit.name).desired));
      if (unit.wanted === 'loaded' && holds.cause(unit.name, unit.hash) !== undefined) holds.forget(unit.name);
    }
    const current = await units.bringTo(desired);
    const present = new Set([...current, ...desired].map((u) => u.name));
    holds.retain(present);
    ends.retain(present);
    reports = reportUnits(machine.id, desired, current, (unit, hash) => holds.cause(unit, hash));
    const lease = args.lease();
    if (lease !== undefined) await publisher.publish(lease, reports);
  };
  const passes = coalesce(pass, (error) =>
    log('agent', { event: 'retry', cause: error instanceof Error ? error.message : String(error) }),
  );

  mirror.onChange((changed) => {
    const concernsUnits = [...changed].some((key) => key.startsWith(keys.jobs) || key.startsWith(keys.machines));
    if (concernsUnits) passes.wake();
  });
  let soon: NodeJS.Timeout | undefined;
  const follower = systemd.follow((unit) => {
    // systemd writes several lines for one change; a few milliseconds gather them into one look.
    if (units.has(unit)) soon ??= setTimeout(() => ((soon = undefined), passes.wake()), 20);
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
    untilStopped: (deadlineMs) => untilNoneRuns(units, deadlineMs),
    async drain(deadlineMs) {
      await stop();
      await removeAll(units, deadlineMs, log);
    },
  };
}
