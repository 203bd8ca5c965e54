import { base64, etcdGateway, fromBase64 } from './etcd-gateway.ts';
import type { EtcdMachines } from './etcd-under-test.ts';

const deadlineMs = 1_000;
/** Layout of fleet's registry: platform/fleet/registry/keys.ts. */
const fleetPrefix = '/_coreos.com/fleet/';

/**
 * The machine that holds the lease of fleet's engine, by a linearizable read of the first running member that answers.
 * Undefined without a quorum: then nobody can decide anything, whatever an old copy of the key says.
 */
export async function engineLeader(args: EtcdMachines): Promise<string | undefined> {
  const gateway = args.gateway ?? sharedGateway;
  const running = await args.running();
  for (const { name, address } of args.machines) {
    if (!running.includes(name)) continue;
    const read = async (key: string) => {
      const answer = await gateway.post(address, '/v3/kv/range', { key: base64(`${fleetPrefix}${key}`) }, deadlineMs);
      return answer.ok ? fromBase64((answer.body['kvs'] as { value?: unknown }[] | undefined)?.[0]?.value) : undefined;
    };
    const holder = await read('lease/engine-leader');
    if (holder === undefined) continue;
    const id = holderId(holder);
    const record = id === undefined ? undefined : await read(`machines/${id}/object`);
    return record === undefined ? undefined : machineAt(args.machines, record);
  }
  return undefined;
}

const sharedGateway = etcdGateway();

/** The lease's value is `MACHINE-ID LEASE`. Pure. */
function holderId(value: string): string | undefined {
  const [id] = value.split(' ');
  return id === '' ? undefined : id;
}

function machineAt(machines: EtcdMachines['machines'], record: string): string | undefined {
  try {
    const { PublicIP } = JSON.parse(record) as { PublicIP?: unknown };
    return machines.find(({ address }) => address === PublicIP)?.name;
  } catch {
    return undefined;
  }
}
