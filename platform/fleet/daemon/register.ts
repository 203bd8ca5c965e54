import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { EtcdStore, Guard, KeyValue, Write } from '../../etcd/store.ts';
import type { Log } from '../parts/log.ts';
import type { Machine } from '../parts/model.ts';
import { readMachine, writeMachine } from '../registry/records.ts';

/** Each is a guard and a write; etcd takes 128 of either (--max-txn-ops), and some are the machine's own. */
const statesPerTransaction = 100;
/** How often it is tried while others write to the same keys. */
const mostTries = 3;

/**
 * Puts a machine's key on its lease, and with it what the machine has said of its units that stands on a former lease: that runs out at some
 * moment after this, or before, and who sees the machine without a word about a unit takes the unit for ended there.
 * @returns false when somebody else has the machine's key, or was faster
 * @throws LabError `timeout.etcd…`: it may be registered all the same
 */
export async function register(
  place: {
    readonly store: EtcdStore;
    readonly keys: FleetKeys;
    readonly machine: Machine;
    /** Keys of what may stand there of its units. */
    readonly said: () => ReadonlySet<string>;
    readonly log: Log;
  },
  lease: string,
): Promise<boolean> {
  const { store, keys, machine, log } = place;
  const key = keys.machine(machine.id);
  const said = [...place.said()];
  for (let tries = 0; tries < mostTries; tries++) {
    const [held, ...standing] = await Promise.all([key, ...said].map((each) => store.get(each)));
    const other = held && readMachine(machine.id, held.value, {}, () => undefined);
    if (other !== undefined && other.ip !== machine.ip) {
      // The same id at another address is a cloned machine: two agents would fight over one schedule.
      log('presence', { event: 'duplicate-machine-id', id: machine.id, held_by: `${other.name} ${other.ip}` });
      return false;
    }
    const words = standing.filter((word) => word !== undefined);
    const ahead = words.splice(statesPerTransaction);
    if (!(await moveWords(store, ahead, lease))) continue;
    const own = { key, modRevision: held?.modRevision ?? 0 };
    const moved = moving(words, lease);
    const writes: Write[] = [
      { put: key, value: writeMachine(machine), lease },
      { delete: keys.machineLeft(machine.id) },
      ...moved.writes,
    ];
    if ((await store.transact([own, ...moved.guards], writes)) !== undefined) return true;
  }
  return false;
}

/** @returns false: one of them has changed since */
async function moveWords(store: EtcdStore, words: readonly KeyValue[], lease: string): Promise<boolean> {
  for (let i = 0; i < words.length; i += statesPerTransaction) {
    const { guards, writes } = moving(words.slice(i, i + statesPerTransaction), lease);
    if ((await store.transact(guards, writes)) === undefined) return false;
  }
  return true;
}

function moving(words: readonly KeyValue[], lease: string): { guards: Guard[]; writes: Write[] } {
  return {
    guards: words.map(({ key, modRevision }) => ({ key, modRevision })),
    writes: words.map(({ key, value }) => ({ put: key, value, lease })),
  };
}
