import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { readUnitChange } from '#platform/fleet/api/unit-change.ts';
import { writeUnits } from '#platform/fleet/api/write-units.ts';
import type { DesiredState, Machine } from '#platform/fleet/parts/model.ts';
import { fleetKeys, type FleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeMachine } from '#platform/fleet/registry/records.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';
import { viewOf, type FleetView } from '#platform/fleet/registry/view.ts';
import { mangleUnitName, templateOf } from '#platform/fleet/unit/name.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import type { UnitOptions } from '#platform/fleet/unit/unit-file.ts';
import type { Commands, Words } from '#test/support/transcript.ts';

/** Fleet's keys in an etcd of memory, and the commands by which machines and users change them. */
export interface Registry {
  readonly store: EtcdStore;
  readonly keys: FleetKeys;
  readonly commands: Commands;
  readonly view: () => Promise<FleetView>;
  /** Also of one that is lost. */
  readonly machine: (name: string) => Machine;
  /** Name for an id; `core-02 (lost)` for one that is. */
  readonly nameOf: (view: FleetView, id: string) => string;
}

export function registry(): Registry {
  const store = memoryStore();
  const keys = fleetKeys();
  const known = new Map<string, Machine>();
  /** By ID: a name may have had several. */
  const names = new Map<string, string>();
  const view = async () => {
    const { items } = await store.list(keys.prefix);
    return viewOf(
      keys,
      items.map(({ key, value }) => [key, value] as const),
    );
  };
  const machine = (name: string): Machine => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`there is no machine ${name}`);
    return found;
  };
  const present = async (one: Machine) => {
    known.set(one.name, one);
    names.set(one.id, one.name);
    await store.put(keys.machine(one.id), writeMachine(one));
    return '';
  };
  const want = (desired: DesiredState) => async (words: Words) => {
    const name = mangleUnitName(words.next('a unit'));
    const { units } = await view();
    const existing = units.find((unit) => unit.name === name);
    const template = units.find((unit) => unit.name === templateOf(name));
    const options = optionsOf(words) ?? (existing === undefined ? (template?.options ?? plainUnit(name)) : []);
    const api = registryOf(store, keys, () => undefined);
    return writeUnits(api, [readUnitChange(name, { options, desiredState: desired })]).then(
      () => '',
      (error: Error) => `refused: ${error.message}`,
    );
  };
  return {
    store,
    keys,
    view,
    machine,
    nameOf: ({ machines }, id) => machines.find((one) => one.id === id)?.name ?? `${names.get(id) ?? id} (lost)`,
    commands: {
      // Machine core-01 has the id 1111..., so that a reader of a reason knows it again.
      'machine add': (words) => {
        const name = words.next('a name');
        const digit = words.values('id')[0] ?? name.slice(-1);
        if (!/^[0-9a-f]$/.test(digit))
          throw new Error('a name ends in the digit that its id is made of, or id=DIGIT says it');
        return present({ name, id: digit.repeat(32), ip: `10.0.0.${digit}`, metadata: words.pairs() });
      },
      'machine lost': async (words) => {
        await store.delete(keys.machine(machine(words.next('a machine')).id));
        return '';
      },
      'machine back': (words) => present(machine(words.next('a machine'))),
      'machine metadata': async (words) => {
        const { id } = machine(words.next('a machine'));
        for (const [key, value] of Object.entries(words.pairs())) await store.put(keys.machineMetadata(id, key), value);
        return '';
      },
      'unit submit': want('inactive'),
      'unit load': want('loaded'),
      'unit start': want('launched'),
      'unit stop': want('loaded'),
      'unit unload': want('inactive'),
      'unit destroy': async (words) => {
        const name = mangleUnitName(words.next('a unit'));
        return (await store.deletePrefix(keys.job(name).all)) > 0 ? '' : `there is no ${name}`;
      },
    },
  };
}

function plainUnit(name: string): UnitOptions {
  const isTimer = name.endsWith('.timer');
  return parseUnitFile(isTimer ? '[Timer]\nOnActiveSec=60\n' : '[Service]\nExecStart=/bin/sleep infinity\n', name);
}

/** Of a unit file, by the words behind its name; undefined without any. */
function optionsOf(words: Words): UnitOptions | undefined {
  const fleet = [
    ...words.values('replaces').map((glob) => `Replaces=${mangleUnitName(glob)}`),
    ...words.values('conflicts').map((glob) => `Conflicts=${mangleUnitName(glob)}`),
    ...words.values('machineof').map((peer) => `MachineOf=${mangleUnitName(peer)}`),
    ...words.values('metadata').map((pair) => `MachineMetadata=${pair}`),
    ...words.values('machineid').map((id) => `MachineID=${id}`),
    ...words.values('global').map((value) => `Global=${value}`),
  ];
  const service = [
    ...words.values('type').map((type) => `Type=${type}`),
    ...words.values('stop').map((command) => `ExecStop=${command}`),
  ];
  const [start] = words.values('start');
  if (fleet.length + service.length === 0 && start === undefined) return undefined;
  // `start=` leaves it out, which systemd refuses.
  const lines = [...(start === '' ? ['Restart=no'] : [`ExecStart=${start ?? '/bin/sleep'}`]), ...service];
  return parseUnitFile(`[Service]\n${lines.join('\n')}\n[X-Fleet]\n${fleet.join('\n')}\n`, 'unit');
}
