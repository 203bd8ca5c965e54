import type { EtcdStore, Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { readState, writeState, type StateRecord } from '../registry/records.ts';
import { holdsOthersUp } from './start-waits.ts';
import { nothingTold, type Told } from './told.ts';

/** Puts unit states into etcd, on the presence lease: they vanish with the machine. Only what changed is written. */
export interface Publisher {
  /** Keys of all that may stand in etcd of this machine's units, this fleetd's words and its predecessor's. */
  said(): ReadonlySet<string>;
  /** Writes what has changed of this machine's units since the last time. @param lease that of its presence, which the keys go with */
  publish(lease: string, states: readonly StateRecord[]): Promise<void>;
  /**
   * Says of units that they are about to run here, in one transaction with their being scheduled here: whoever gets one of them later knows of it
   * and waits. Nothing is written of one of which this machine's last word makes others wait already, but etcd is asked whether that stands there yet;
   * nor of global units, for which it is not asked.
   * @param lease undefined while this machine is not registered: then nothing that is scheduled can be claimed
   * @returns names of those that may be started; those that are not scheduled here any more are no part of it, with what was asked beside them
   * @throws LabError `timeout.etcd…`: then nothing may be started
   */
  claim(lease: string | undefined, units: readonly { unit: string; hash: string }[]): Promise<ReadonlySet<string>>;
}

/** Each is a guard and a write; etcd takes 128 of either (--max-txn-ops). */
const writesPerTransaction = 100;
/** Each is two guards and a write. */
const claimsPerTransaction = 60;
/** What is said of a unit before systemd is asked to start it. */
const starting = { load: 'loaded', active: 'activating', sub: 'start', job: 'launched' } as const;
/** Longer than the copy of the registry lags behind our own writes. */
const settledMs = 300;

/**
 * A state in etcd that is not the published one is written again: somebody's hand, or what a fleetd that was killed had sent and that
 * arrived before its successor's first word.
 * @param onOverwritten called then; the next `publish` puts it right
 */
export function statePublisher(args: {
  store: EtcdStore;
  keys: FleetKeys;
  mirror: Pick<Mirror, 'value' | 'revision' | 'onChange' | 'view'>;
  machineId: string;
  onOverwritten: () => void;
}): Publisher {
  const { store, keys, mirror, machineId } = args;
  const told = nothingTold(store, (key) => mirror.revision(key));
  const inTurn = oneAfterTheOther();
  const keyOf = (unit: string): string => keys.state(unit, machineId);
  heedOverwriting({ ...args, told });
  const seen = (): [key: string, value: string][] =>
    mirror.view().states.flatMap((state) => {
      const key = keyOf(state.unit);
      const value = state.machineId === machineId ? mirror.value(key) : undefined;
      return value === undefined ? [] : [[key, value]];
    });

  /** Is it scheduled here, and does what was said of it stand? Read from a majority: a transaction that writes nothing is answered from one member's copy. */
  const stands = async (unit: string): Promise<boolean> => {
    const value = told.surely(keyOf(unit));
    if (value === undefined || !holdsUp(unit, machineId, value)) return false;
    const [target, said] = await Promise.all([store.get(keys.job(unit).target), store.get(keyOf(unit))]);
    if (target?.value === machineId && said?.value === value) return true;
    told.doubt(keyOf(unit));
    return false;
  };
  const sayOf = (lease: string, part: readonly { unit: string; hash: string }[]): Promise<boolean> => {
    const guards = part.map(({ unit }) => ({ key: keys.job(unit).target, value: machineId }));
    const writes = part.map(({ unit, hash }): Write => {
      const value = writeState({ unit, machineId, hash, ...starting });
      return { put: keyOf(unit), value, lease };
    });
    return told.transact(guards, writes);
  };
  const claim: Publisher['claim'] = async (lease, units) => {
    const globals = new Set(mirror.view().units.flatMap((u) => (u.requirements.global ? [u.name] : [])));
    const claimed = new Set(units.map(({ unit }) => unit).filter((unit) => globals.has(unit)));
    if (lease === undefined) return claimed;
    told.hangOn(lease, seen);
    const scheduled = units.filter(({ unit }) => !claimed.has(unit));
    const isSaid = await Promise.all(scheduled.map(({ unit }) => stands(unit)));
    for (const [index, { unit }] of scheduled.entries()) if (isSaid[index] === true) claimed.add(unit);
    const unsaid = scheduled.filter(({ unit }) => !claimed.has(unit));
    for (let i = 0; i < unsaid.length; i += claimsPerTransaction) {
      const part = unsaid.slice(i, i + claimsPerTransaction);
      if (await sayOf(lease, part)) for (const { unit } of part) claimed.add(unit);
    }
    return claimed;
  };
  const publish: Publisher['publish'] = async (lease, states) => {
    told.hangOn(lease, seen);
    const wanted = new Map(states.map((s) => [keys.state(s.unit, s.machineId), writeState(s)]));
    const writes: Write[] = [];
    for (const [put, value] of wanted) if (told.surely(put) !== value) writes.push({ put, value, lease });
    for (const key of told.keys()) if (!wanted.has(key)) writes.push({ delete: key });
    for (let i = 0; i < writes.length; i += writesPerTransaction)
      await told.transact([], writes.slice(i, i + writesPerTransaction));
  };
  return {
    said: () => new Set([...told.keys(), ...seen().map(([key]) => key)]),
    claim: (lease, units) => inTurn(() => claim(lease, units)),
    publish: (lease, states) => inTurn(() => publish(lease, states)),
  };
}

/** Each begins when the one before has ended, well or not: who asked for that may have gone on without its answer. */
function oneAfterTheOther(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
}

/** Looks, when the copy of the registry has had time to catch up, whether it says of this machine's states what was told. */
function heedOverwriting(args: {
  keys: FleetKeys;
  mirror: Pick<Mirror, 'value' | 'onChange'>;
  machineId: string;
  onOverwritten: () => void;
  told: Told;
}): void {
  const { keys, mirror, told } = args;
  const suspects = new Set<string>();
  let check: NodeJS.Timeout | undefined;
  const isOurs = (key: string) => key.startsWith(keys.states) && key.endsWith(`/${args.machineId}`);
  const differs = (key: string) => isOurs(key) && mirror.value(key) !== told.value(key);
  const settle = (): void => {
    check = undefined;
    const wrong = [...suspects].filter(differs);
    suspects.clear();
    // What is there counts as ours: it is replaced if the unit is here, and removed if it is not.
    for (const key of wrong) told.saw(key, mirror.value(key));
    if (wrong.length > 0) args.onOverwritten();
  };
  mirror.onChange((changed) => {
    // Before the first publishing what is there is a predecessor's: that counts as told from then on.
    if (!told.isOnLease()) return;
    for (const key of changed) if (differs(key)) suspects.add(key);
    if (suspects.size > 0) check ??= setTimeout(settle, settledMs).unref();
  });
}

/** @param value the state as it is written */
function holdsUp(unit: string, machineId: string, value: string): boolean {
  const state = readState(unit, machineId, value, () => undefined);
  return state !== undefined && holdsOthersUp(state);
}
