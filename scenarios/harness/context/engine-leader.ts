import { z } from 'zod';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import type { OneMember } from '#platform/etcd/one-member.ts';
import type { EtcdMachines } from './etcd-machines.ts';

const deadlineMs = 1_000;
const keys = fleetKeys();

/**
 * The machine that holds the lease of fleet's engine, by a linearizable read of the first running member that answers.
 * Undefined without a quorum: then nobody can decide anything, whatever an old copy of the key says.
 *
 * The keys are fleet's own, but not what reads their values: a scenario judges fleet, and must not believe it by fleet's own word.
 */
export async function engineLeader(args: EtcdMachines): Promise<string | undefined> {
  const running = await args.running();
  for (const { name, address } of args.machines) {
    if (!running.includes(name)) continue;
    const member = args.member(address);
    const holder = await valueOf(member, keys.leader);
    if (holder === undefined) continue;
    const id = holderId(holder);
    const record = id === undefined ? undefined : await valueOf(member, keys.machine(id));
    return record === undefined ? undefined : machineAt(args.machines, record);
  }
  return undefined;
}

async function valueOf(member: OneMember, key: string): Promise<string | undefined> {
  const answer = await member.range(key, {}, deadlineMs);
  return answer.ok ? answer.value.items[0]?.value : undefined;
}

/** The lease's value is `MACHINE-ID LEASE`. Pure. */
function holderId(value: string): string | undefined {
  const [id] = value.split(' ');
  return id === '' ? undefined : id;
}

function machineAt(machines: EtcdMachines['machines'], record: string): string | undefined {
  try {
    const { PublicIP } = z.object({ PublicIP: z.string() }).parse(JSON.parse(record));
    return machines.find(({ address }) => address === PublicIP)?.name;
  } catch {
    return undefined;
  }
}
