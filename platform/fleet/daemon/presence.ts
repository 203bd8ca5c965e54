import { type FleetKeys, presenceLeaseSeconds } from '../../etcd/keys/fleet-keys.ts';
import type { EtcdStore, Lease } from '../../etcd/store.ts';
import type { Machine } from '../parts/model.ts';
import { readMachine, writeMachine } from '../registry/records.ts';
import type { Log } from '../parts/log.ts';
import { register } from './register.ts';

/** This machine's place in the cluster: one lease that its machine key, its unit states and its leadership hang on. */
export interface Presence {
  /** Lease id while registered. */
  lease(): string | undefined;
  /** Puts the machine key back if somebody removed or spoilt it while the lease lives. */
  ensure(): Promise<void>;
  /** Renews the lease no more and leaves it: whoever registers as this machine next takes its keys over. */
  abandon(): void;
  /**
   * Revokes the lease: all that hangs on it is gone at once, and others take over.
   * @param mark says before that nothing runs here, so that nobody waits for it to stop
   */
  leave(mark?: boolean): Promise<void>;
}

/** The copy of the registry has said it already. */
const ignoreProblem = (): void => undefined;

/**
 * Registers, and registers again whenever etcd says that the lease is gone; tries for as long as it takes. Units are none of
 * its business: they keep running meanwhile.
 * @param said keys of what may stand in etcd of its units, which go over to each new lease
 * @param onRegistered called with each new lease id
 * @param onContact called whenever etcd has answered, a few times within the TTL
 */
export function keepPresent(args: {
  store: EtcdStore;
  keys: FleetKeys;
  machine: Machine;
  said: () => ReadonlySet<string>;
  ttlSeconds: number;
  log: Log;
  onRegistered: (lease: string) => void;
  onContact: () => void;
}): Presence {
  const { store, keys, machine, log } = args;
  const key = keys.machine(machine.id);
  let current: Lease | undefined;
  let left = false;
  let failures = 0;
  const pause = interruptiblePause();
  const isOver = (): boolean => left;

  const stayOnce = async (): Promise<void> => {
    const lease = await store.grant(presenceLeaseSeconds(args.ttlSeconds), args.onContact);
    const isRegistered = !left && (await register(args, lease.id).catch(leaving(lease)));
    if (!isRegistered || isOver()) return lease.revoke();
    failures = 0;
    current = lease;
    const { name, id, ip } = machine;
    log('presence', { event: 'registered', machine: name, id, ip, ttl: `${args.ttlSeconds}s` });
    args.onContact();
    args.onRegistered(lease.id);
    await lease.lost;
    current = undefined;
    if (!left)
      log('presence', {
        event: 'lost',
        machine: machine.name,
        reason: 'etcd says the lease is gone; units keep running',
      });
  };
  const stay = async (): Promise<void> => {
    while (!left) {
      const before = failures++;
      await stayOnce().catch((error: unknown) => {
        log('presence', { event: 'waiting-for-etcd', cause: error instanceof Error ? error.message : String(error) });
      });
      if (failures > before && !left) await pause.wait(Math.min(2000, 250 * failures));
    }
  };
  const staying = stay();
  return {
    lease: () => current?.id,
    async ensure() {
      if (current === undefined) return;
      const held = await store.get(key);
      if (held !== undefined && readMachine(machine.id, held.value, {}, ignoreProblem) !== undefined) return;
      const guard = { key, modRevision: held?.modRevision ?? 0 };
      await store.transact([guard], [{ put: key, value: writeMachine(machine), lease: current.id }]);
    },
    abandon() {
      left = true;
      pause.end();
      current?.abandon();
    },
    async leave(mark = false) {
      left = true;
      pause.end();
      // Without the mark they wait a little longer, and that is all.
      if (mark && current !== undefined) await markLeft(args, current.id).catch(() => undefined);
      await current?.revoke().catch(() => undefined);
      await Promise.race([staying, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    },
  };
}

/** What got no answer may have been carried out: the keys on the lease stay until the next registration takes them over, or it has run out. */
function leaving(lease: Lease): (error: unknown) => never {
  return (error) => {
    lease.abandon();
    throw error;
  };
}

interface Where {
  readonly store: EtcdStore;
  readonly keys: FleetKeys;
  readonly machine: Machine;
}

/** Others look for it as soon as the machine has gone; an engine that comes later waits as for any machine. */
const markSeconds = 60;

/** In place of the machine's key, and only of that which this fleetd has put: its next one may have registered before this arrives. */
async function markLeft({ store, keys, machine }: Where, lease: string): Promise<void> {
  const key = keys.machine(machine.id);
  const held = await store.get(key);
  if (held?.lease !== lease) return;
  const mark = {
    put: keys.machineLeft(machine.id),
    value: 'nothing runs here',
    lease: await store.grantOnce(markSeconds),
  };
  await store.transact([{ key, modRevision: held.modRevision }], [{ delete: key }, mark]);
}

function interruptiblePause(): { wait(ms: number): Promise<void>; end(): void } {
  let end = (): void => {};
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}
