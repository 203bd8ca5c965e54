import { LabError } from '../../../errors/lab-error.ts';
import type { MachineConfig } from '../../../provision/config/lab-config.ts';
import { base64, type EtcdGateway, etcdGateway, fromBase64, int64 } from './etcd-gateway.ts';
import type { EtcdAnswer, EtcdMember, EtcdUnderTest } from './lab-under-test.ts';

export { engineLeader } from './engine-leader.ts';

/** How to reach the members: only machines that run are asked, so that no probe leaves a lab that is down. */
export interface EtcdMachines {
  readonly machines: readonly Pick<MachineConfig, 'name' | 'address'>[];
  /** Names of the machines that run now. */
  running(): Promise<readonly string[]>;
  readonly gateway?: EtcdGateway;
}

/** Longer than etcd's own request timeout (5 s + 2 election timeouts), so that a refusal is etcd's own. */
const answerDeadlineMs = 10_000;
const lookDeadlineMs = 1_000;

/** etcd of the lab over its members' JSON gateways. */
export function etcdUnderTest(args: EtcdMachines): EtcdUnderTest {
  const gateway = args.gateway ?? etcdGateway();
  const leases = new Map<string, number>();
  const all = async (): Promise<Looked[]> => {
    const running = await args.running();
    return Promise.all(args.machines.filter(({ name }) => running.includes(name)).map((one) => look(gateway, one)));
  };
  const address = (machine: string) => addressOf(args, machine);
  const range = (machine: string, key: string, stale: boolean, withinMs: number) =>
    gateway.post(address(machine), '/v3/kv/range', { key: base64(key), serializable: stale }, withinMs);

  return {
    members: async () => (await all()).map(({ machine, id, healthy, leader }) => ({ machine, id, healthy, leader })),
    leader: async () => leaderAmong(await all()),
    healthy: (count = args.machines.length) => ({
      name: `${count} etcd members healthy`,
      missing: async () => {
        const healthy = (await all()).filter((member) => member.healthy).length;
        return healthy >= count ? undefined : `${healthy} of ${count} etcd members healthy`;
      },
    }),
    async get(machine, key, options = {}): Promise<EtcdAnswer> {
      const answer = await range(machine, key, options.stale ?? false, options.withinMs ?? answerDeadlineMs);
      if (!answer.ok) return answer;
      const kv = firstKey(answer.body);
      return { ok: true, value: kv === undefined ? undefined : fromBase64(kv['value']), tookMs: answer.tookMs };
    },
    async put(machine, key, value, options = {}): Promise<EtcdAnswer> {
      const withinMs = options.withinMs ?? answerDeadlineMs;
      const began = performance.now();
      let lease = '0';
      if (options.ttlSeconds !== undefined) {
        const request = { TTL: String(options.ttlSeconds), ID: '0' };
        const granted = await gateway.post(address(machine), '/v3/lease/grant', request, withinMs);
        if (!granted.ok) return granted;
        lease = text(granted.body['ID']);
        leases.set(lease, began + int64(granted.body['TTL']) * 1_000);
      }
      const request = { key: base64(key), value: base64(value), lease };
      const answer = await gateway.post(address(machine), '/v3/kv/put', request, withinMs);
      const tookMs = Math.round(performance.now() - began);
      return answer.ok ? { ok: true, value, tookMs } : { ...answer, tookMs };
    },
    async leaseSeconds(machine, key) {
      const read = await range(machine, key, true, answerDeadlineMs);
      if (!read.ok) throw unanswered(machine, key, read.error);
      const lease = text(firstKey(read.body)?.['lease']) || '0';
      if (lease === '0') return undefined;
      const asked = await gateway.post(address(machine), '/v3/lease/timetolive', { ID: lease }, lookDeadlineMs);
      // Only a leader knows what is left of a lease; without one, what it said last runs on.
      if (asked.ok) {
        // -1: the lease is gone, and the key with it.
        if (int64(asked.body['TTL']) < 0) return undefined;
        leases.set(lease, performance.now() + int64(asked.body['TTL']) * 1_000);
      }
      const deadline = leases.get(lease);
      if (deadline === undefined) throw unanswered(machine, key, asked.ok ? 'unknown lease' : asked.error);
      return (deadline - performance.now()) / 1_000;
    },
  };
}

export type Looked = EtcdMember & { readonly term: number };

/** The leader; a cut-off one may still think it leads, so the newest term counts. Pure. */
export function leaderAmong(members: readonly Looked[]): string | undefined {
  return members.filter(({ leader }) => leader).sort((a, b) => b.term - a.term)[0]?.machine;
}

async function look(gateway: EtcdGateway, { name, address }: EtcdMachines['machines'][number]): Promise<Looked> {
  const [status, health] = await Promise.all([
    gateway.post(address, '/v3/maintenance/status', {}, lookDeadlineMs),
    gateway.get(address, '/health', lookDeadlineMs),
  ]);
  const healthy = health.ok && health.body['health'] === 'true';
  if (!status.ok) return { machine: name, id: '', healthy, leader: false, term: 0 };
  const id = text((status.body['header'] as { member_id?: unknown } | undefined)?.member_id);
  const leader = id !== '' && status.body['leader'] === id;
  return { machine: name, id, healthy, leader, term: int64(status.body['raftTerm']) };
}

function firstKey(body: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  return (body['kvs'] as Record<string, unknown>[] | undefined)?.[0];
}

const text = (field: unknown): string => (typeof field === 'string' ? field : '');

function addressOf({ machines }: EtcdMachines, name: string): string {
  const machine = machines.find((one) => one.name === name);
  if (machine !== undefined) return machine.address;
  const known = machines.map((one) => one.name).join(', ');
  throw new LabError({
    ...{ code: 'missing.machine', cause: `there is no machine ${name}; there are: ${known}`, next: 'lab status' },
  });
}

function unanswered(machine: string, key: string, error: string): LabError {
  const cause = `etcd on ${machine} cannot say what is left of the lease of ${key}`;
  return new LabError({ code: 'timeout.etcd', cause, evidence: [error], next: 'lab status' });
}
