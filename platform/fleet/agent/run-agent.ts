import type { EtcdStore } from '../../etcd/store.ts';
import type { SystemdDriver } from '../../systemd/driver.ts';
import { coalesce } from '../parts/coalesce.ts';
import type { Log } from '../parts/log.ts';
import { retryNotes } from './retry-notes.ts';
import type { Machine } from '../parts/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { StateRecord } from '../registry/records.ts';
import { type DesiredUnit, desiredUnits } from './desired.ts';
import { endings } from './endings.ts';
import { taskHolds } from './hold.ts';
import { removeAll, untilNoneRuns } from './leaving.ts';
import { lostRuns } from './lost-runs.ts';
import { agentPass, unitsHere, type Hands, type Starts } from './pass.ts';
import type { CurrentUnit } from './plan.ts';
import { statePublisher } from './publish.ts';
import { startWaits } from './start-waits.ts';
import { untilFenced } from './until-fenced.ts';

/** The agent of one machine: makes systemd run what is scheduled here and says in etcd how that goes. */
export interface Agent {
  /** Has a pass begin, or another one follow that which runs. */
  wake(): void;
  /** No further pass; what runs goes on running. */
  stop(): Promise<void>;
  /** Stops and removes every unit; resolves when all have stopped (true) or `deadlineMs` is over (false). */
  drain(deadlineMs: number): Promise<boolean>;
  /** Resolves when no unit runs any more (systemd stops them: the machine goes down; true) or `deadlineMs` is over (false). */
  untilStopped(deadlineMs: number): Promise<boolean>;
  /** What it said of its units in its last pass. */
  reports(): readonly StateRecord[];
  /** Keys of all that may stand in etcd of its units. */
  said(): ReadonlySet<string>;
}

/** What an agent stands on. */
export interface AgentGround {
  readonly store: EtcdStore;
  readonly keys: FleetKeys;
  readonly mirror: Mirror;
  readonly systemd: SystemdDriver;
  readonly machine: Machine;
  /** Id of the presence lease; undefined while this machine is not registered. */
  readonly lease: () => string | undefined;
  readonly resyncMs: number;
  /** Nothing is to run that another machine may run by now. */
  readonly isFenced?: () => boolean;
  /** How long a machine that has gone may take to stop its units, ms; 0: nobody waits for that. */
  readonly fenceWaitMs?: number;
  readonly log: Log;
}

/**
 * One level-triggered pass (look, plan, do, look again, report) for every wake-up: a change of the schedule, a word of systemd about
 * one of our units, or the slow tick. Starts only when `mirror` is filled: an empty picture would read as "stop everything".
 */
export function runAgent(args: AgentGround): Agent {
  const { store, keys, mirror, systemd, machine, log } = args;
  const ends = endings();
  let known = new Set<string>();
  let wanted = new Set<string>();
  let reports: readonly StateRecord[] = [];
  const notes = retryNotes(log, 'agent');
  const isFenced = (): boolean => args.isFenced?.() === true;
  const onOverwritten = (): void => passes.wake();
  const publisher = untilFenced(
    statePublisher({ store, keys, mirror, machineId: machine.id, onOverwritten }),
    isFenced,
  );

  let isWhole = true;
  const look = async (): Promise<CurrentUnit[]> => {
    const current = await unitsHere(systemd, ends);
    known = new Set(current.map((u) => u.name));
    isWhole = current.every((u) => u.observed !== undefined);
    return current;
  };
  const lost = lostRuns({ ...args, machineId: machine.id, waitMs: args.fenceWaitMs ?? 0, onOver: () => passes.wake() });
  const waits = startWaits({ mirror, keys, machine, log, mayRunOn: (unit) => lost.of(unit) });
  const hands: Hands = { systemd, look, holds: taskHolds(() => performance.now()), ends, log };
  const pass = async (): Promise<void> => {
    const desired = (): readonly DesiredUnit[] => {
      const units = desiredUnits(mirror.view(), machine).filter(isFenced() ? isGlobal : always);
      wanted = new Set(units.map((u) => u.name));
      return units;
    };
    const saidAt = (unit: string) => mirror.revision(keys.job(unit).desired);
    const starts: Starts = { waitsFor: waits.cause, claim: (units) => publisher.claim(args.lease(), units) };
    reports = await agentPass(hands, { machineId: machine.id, desired, saidAt, starts });
    const lease = args.lease();
    if (lease === undefined || (await publisher.publish(lease, reports))) notes.succeeded();
    unseen.after(isWhole);
  };
  // The engine's decisions on a batch, and systemd's words on what begins together, come within some milliseconds.
  const passes = coalesce(pass, (error) => notes.failed(error), { quietMs: 10, atMostMs: 60 });

  const unseen = lookAgain(() => passes.wake(), args.resyncMs);

  const concernsUs = concernOf({ keys, mirror, machine, isWanted: (unit) => wanted.has(unit) });
  mirror.onChange((changed) => {
    if ([...changed].some((key) => concernsUs(key) || waits.concerns(key))) passes.wake();
  });
  const follower = systemd.follow((unit) => {
    if (known.has(unit)) passes.wake();
  });
  const tick = setInterval(() => passes.wake(), args.resyncMs);
  const stop = async (): Promise<void> => {
    clearInterval(tick);
    unseen.close();
    lost.close();
    follower.close();
    await passes.stop();
  };
  return {
    wake() {
      publisher.look();
      passes.wake();
    },
    reports: () => reports,
    said: () => publisher.said(),
    stop,
    untilStopped: (deadlineMs) => untilNoneRuns(hands, deadlineMs),
    async drain(deadlineMs) {
      await stop();
      const until = performance.now() + deadlineMs;
      return removeAll(hands, () => performance.now() >= until);
    },
  };
}

const isGlobal = (unit: DesiredUnit): boolean => unit.isGlobal === true;
const always = (): boolean => true;

/** Is a key of this machine itself, or of a unit that this machine has, had, or may have to run? */
function concernOf(of: {
  keys: FleetKeys;
  mirror: Pick<Mirror, 'unit'>;
  machine: Machine;
  isWanted: (unit: string) => boolean;
}): (key: string) => boolean {
  const { keys, mirror, machine, isWanted } = of;
  return (key) => {
    if (key.startsWith(`${keys.machines}${machine.id}/`)) return true;
    const name = key.startsWith(keys.jobs) ? keys.unitOf(key) : undefined;
    if (name === undefined) return false;
    const unit = mirror.unit(name);
    return isWanted(name) || unit?.target === machine.id || unit?.requirements.global === true;
  };
}

const firstAgainMs = 1000;

/**
 * systemd may pass over a unit in its answer when it is pressed, and what was said of that unit then is not so: one looks again soon, each time after
 * twice the time, until it speaks of all.
 */
function lookAgain(wake: () => void, atMostMs: number): { after(isWhole: boolean): void; close(): void } {
  let waitMs = firstAgainMs;
  let timer: NodeJS.Timeout | undefined;
  return {
    after(isWhole) {
      if (isWhole) waitMs = firstAgainMs;
      if (isWhole || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        wake();
      }, waitMs).unref();
      waitMs = Math.min(waitMs * 2, atMostMs);
    },
    close: () => clearTimeout(timer),
  };
}
