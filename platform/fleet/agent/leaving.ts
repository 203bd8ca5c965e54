import { statedSeconds } from '#errors/seconds.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../parts/log.ts';
import { endings } from './endings.ts';
import { taskHolds } from './hold.ts';
import { settle, unitsHere, type Hands } from './pass.ts';
import { isUp } from './plan.ts';

/**
 * Resolves when no unit runs any more (systemd stops them: the machine goes down) or `deadlineMs` is over.
 * @returns does none run?
 */
export async function untilNoneRuns({ look }: Pick<Hands, 'look'>, deadlineMs: number): Promise<boolean> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const askedAt = performance.now();
    // A systemd that does not answer runs what it ran.
    const isRunning = await look().then(
      (units) => units.some(isUp),
      () => true,
    );
    const now = performance.now();
    if (!isRunning || now >= until) return !isRunning;
    // A machine that needs long for an answer needs its CPU to stop units.
    await new Promise((resolve) => setTimeout(resolve, Math.max(50, now - askedAt)));
  }
}

/**
 * Stops and removes every unit; resolves when all have gone or `isOver` says so.
 * @returns have all gone?
 */
export async function removeAll(hands: Hands, isOver: () => boolean): Promise<boolean> {
  for (;;) {
    const left = await settle(hands, () => []).catch((error: unknown) => {
      hands.log('drain', { event: 'retry', cause: error instanceof Error ? error.message : String(error) });
      return undefined;
    });
    if (left?.length === 0 || isOver()) return left?.length === 0;
    if (left !== undefined) {
      const running = left.filter(isUp);
      hands.log('drain', { waiting_for: (running.length > 0 ? running : left).map((u) => u.name).join(',') });
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * The fence of a fleetd that has not read the registry yet: after `afterMs` every unit that an earlier one left running stops, the global ones too, for who is
 * global is written in etcd. What is still to run here is loaded and started when etcd answers.
 * @returns to be called then; resolves when nothing more will be stopped
 */
export function stopUnlessRead(systemd: SystemdDriver, afterMs: number, log: Log): () => Promise<void> {
  const ends = endings();
  const look = () => unitsHere(systemd, ends);
  const hands: Hands = { systemd, look, holds: taskHolds(() => performance.now()), ends, log };
  let isRead = false;
  const stopAll = async (): Promise<void> => {
    const running = await look().then(
      (units) => units.some(isUp),
      () => true,
    );
    if (isRead || !running) return;
    log('fence', {
      event: 'closed',
      reason: `nothing of etcd since fleetd began, ${statedSeconds(afterMs)} ago: all units stop`,
    });
    await removeAll(hands, () => isRead);
  };
  let stopping: Promise<void> | undefined;
  const timer = setTimeout(() => void (stopping = stopAll()), afterMs);
  return async () => {
    isRead = true;
    clearTimeout(timer);
    await stopping;
  };
}
