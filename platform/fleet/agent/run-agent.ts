import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { coalesce } from '../daemon/coalesce.ts';
import type { Log } from '../daemon/log.ts';
import type { Machine } from '../engine/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { desiredUnits } from './desired.ts';
import { endings } from './endings.ts';
import { taskHolds } from './hold.ts';
import { agentPass, settle, unitsHere, type Hands } from './pass.ts';
import { isUp, type CurrentUnit } from './plan.ts';
import { statePublisher } from './publish.ts';

/** The agent of one machine: makes systemd run what is scheduled here and says in etcd how that goes. */
export interface Agent {
  wake(): void;
  /** No further pass; what runs goes on running. */
  stop(): Promise<void>;
  /** Stops and removes every unit; resolves when all have stopped or `deadlineMs` is over. */
  drain(deadlineMs: number): Promise<void>;
  /** Resolves when no unit runs any more (systemd stops them: the machine goes down) or `deadlineMs` is over. */
  untilStopped(deadlineMs: number): Promise<void>;
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
  const { keys, mirror, systemd, machine, log } = args;
  const ends = endings();
  const publisher = statePublisher({
    ...{ store: args.store, keys, mirror, machineId: machine.id },
    onOverwritten: () => passes.wake(),
  });
  let known = new Set<string>();

  const look = async (): Promise<CurrentUnit[]> => {
    const current = await unitsHere(systemd, ends);
    known = new Set(current.map((u) => u.name));
    return current;
  };
  const hands: Hands = { systemd, look, holds: taskHolds(() => performance.now()), ends, log };
  const pass = async (): Promise<void> => {
    const desired = desiredUnits(mirror.view(), machine);
    const saidAt = (unit: string) => mirror.revision(keys.job(unit).desired);
    const states = await agentPass(hands, { machineId: machine.id, desired, saidAt });
    const lease = args.lease();
    if (lease !== undefined) await publisher.publish(lease, states);
  };
  const passes = coalesce(pass, (error) =>
    log('agent', { event: 'retry', cause: error instanceof Error ? error.message : String(error) }),
  );

  mirror.onChange((changed) => {
    for (const key of changed) {
      if (!key.startsWith(keys.jobs) && !key.startsWith(keys.machines)) continue;
      passes.wake();
      return;
    }
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
    stop,
    async untilStopped(deadlineMs) {
      const until = performance.now() + deadlineMs;
      for (;;) {
        const askedAt = performance.now();
        const running = (await look()).some(isUp);
        const now = performance.now();
        if (!running || now >= until) return;
        // A machine that needs long for an answer needs its CPU to stop units.
        await new Promise((resolve) => setTimeout(resolve, Math.max(50, now - askedAt)));
      }
    },
    async drain(deadlineMs) {
      await stop();
      const until = performance.now() + deadlineMs;
      await settle(hands, []);
      for (let left = await look(); left.length > 0 && performance.now() < until; left = await settle(hands, [])) {
        log('drain', {
          waiting_for:
            left
              .filter(isUp)
              .map((u) => u.name)
              .join(',') || left.map((u) => u.name).join(','),
        });
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}
