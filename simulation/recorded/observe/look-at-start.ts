import { LabError } from '#errors/lab-error.ts';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import type { Listing } from '#platform/etcd/store.ts';
import { memberUrl } from '#platform/etcd/ports.ts';
import { readMachine } from '#platform/fleet/registry/records.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';
import type { FleetFacts } from '../../checkers/fleet-facts.ts';
import type { Start } from '../recording.ts';

type Machines = readonly Pick<MachineConfig, 'name' | 'address'>[];

const statusMs = 1_000;

/** A fleet before anything is done to it. */
export interface Beginning {
  readonly facts: FleetFacts;
  readonly start: Start;
}

/**
 * What is so before anything is done: fleet's keys, who is who, who leads.
 * @throws LabError `busy.fleet`, `state.machine`, `timeout.etcd`
 */
export async function lookAtStart(machines: Machines, ttlSeconds: number): Promise<Beginning> {
  const keys = fleetKeys();
  const { items, revision } = await keysOf(machines);
  const [unit] = items.flatMap(({ key }) => (key.startsWith(keys.jobs) ? (keys.unitOf(key) ?? []) : []));
  if (unit !== undefined) throw notEmpty(unit);
  const values = new Map(items.map(({ key, value }) => [key, value]));
  const known = items.flatMap(({ key, value }) => {
    const [id = '', part] = key.startsWith(keys.machines) ? key.slice(keys.machines.length).split('/') : [];
    const machine = part === 'object' ? readMachine(id, value, {}, () => {}) : undefined;
    return machine === undefined ? [] : [machine];
  });
  const named = machines.map(({ name, address }) => ({ name, id: known.find(({ ip }) => ip === address)?.id ?? '' }));
  const absent = named.find(({ id }) => id === '');
  if (absent !== undefined) throw notReady(absent.name);
  return {
    facts: { keys, machines: named, ttlSeconds },
    start: { keys: values, revision, etcdLeader: await etcdLeader(machines) },
  };
}

/** fleet's keys as they are now. @throws LabError `timeout.etcd` */
export async function keysOf(machines: Machines): Promise<Listing> {
  const store = gatewayStore({ endpoints: machines.map(({ address }) => memberUrl(address)) });
  return store.list(fleetKeys().prefix).finally(() => store.close());
}

/** The machine whose member leads, by that member's own word; undefined: nobody says so. */
export async function etcdLeader(machines: Machines): Promise<string | undefined> {
  const asked = machines.map(async ({ name, address }) => {
    const member = oneMember(memberUrl(address));
    const status = await member.status(statusMs).finally(() => member.close());
    return status.ok && status.value.id === status.value.leader ? { name, term: status.value.raftTerm } : undefined;
  });
  const leaders = (await Promise.all(asked)).filter((one) => one !== undefined);
  // One that is cut off may think so yet, of an older term.
  return leaders.sort((a, b) => b.term - a.term)[0]?.name;
}

function notEmpty(unit: string): LabError {
  return new LabError({
    code: 'busy.fleet',
    cause: `fleet has units already, ${unit} among them: a history begins with an empty fleet, so that everything in it is known`,
    next: "lab fleetctl destroy '*'",
  });
}

function notReady(machine: string): LabError {
  return new LabError({ code: 'state.machine', cause: `fleet does not know ${machine}`, next: 'lab up' });
}
