import { LabError } from '#errors/lab-error.ts';
import type { GatewayAnswer, OneMember } from '#platform/etcd/one-member.ts';
import type { KeyValue, Listing } from '#platform/etcd/store.ts';
import type { EtcdMachines } from './etcd-machines.ts';
import type { EtcdAnswer, EtcdMember, EtcdUnderTest } from './lab-under-test.ts';

/** Longer than etcd's own request timeout (5 s + 2 election timeouts), so that a refusal is etcd's own. */
const answerDeadlineMs = 10_000;
const lookDeadlineMs = 1_000;

/** etcd of the lab, member by member. */
export function etcdUnderTest(args: EtcdMachines): EtcdUnderTest {
  /** Ends of leases, ms of performance.now(), as last heard. */
  const leases = new Map<string, number>();
  const all = async (): Promise<MemberSeen[]> => {
    const running = await args.running();
    const asked = args.machines.filter(({ name }) => running.includes(name));
    return Promise.all(asked.map(({ name, address }) => memberSeen(name, args.member(address))));
  };
  const memberOf = (machine: string) => args.member(addressOf(args, machine));
  const read = async (machine: string, key: string, stale: boolean, withinMs: number) =>
    memberOf(machine).range(key, { stale }, withinMs);

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
      const answer = await read(machine, key, options.stale ?? false, options.withinMs ?? answerDeadlineMs);
      return answer.ok ? { ...answer, value: firstOf(answer)?.value } : answer;
    },
    async put(machine, key, value, options = {}): Promise<EtcdAnswer> {
      const withinMs = options.withinMs ?? answerDeadlineMs;
      const began = performance.now();
      let lease: string | undefined;
      if (options.ttlSeconds !== undefined) {
        const granted = await memberOf(machine).grant(options.ttlSeconds, withinMs);
        if (!granted.ok) return granted;
        lease = granted.value.id;
        leases.set(lease, began + granted.value.ttlSeconds * 1_000);
      }
      const answer = await memberOf(machine).put(key, value, lease, withinMs);
      const tookMs = Math.round(performance.now() - began);
      return answer.ok ? { ok: true, value, tookMs } : { ...answer, tookMs };
    },
    async leaseSeconds(machine, key) {
      const found = await read(machine, key, true, answerDeadlineMs);
      if (!found.ok) throw unanswered(machine, key, found.error);
      const lease = firstOf(found)?.lease ?? '0';
      if (lease === '0') return undefined;
      const left = await memberOf(machine).leaseSeconds(lease, lookDeadlineMs);
      // Only a leader knows what is left of a lease; without one, what it said last runs on.
      if (left.ok) {
        // -1: the lease is gone, and the key with it.
        if (left.value < 0) return undefined;
        leases.set(lease, performance.now() + left.value * 1_000);
      }
      const deadline = leases.get(lease);
      if (deadline === undefined) throw unanswered(machine, key, left.ok ? 'unknown lease' : left.error);
      return (deadline - performance.now()) / 1_000;
    },
  };
}

export type MemberSeen = EtcdMember & { readonly term: number };

/** The leader; a cut-off one may still think it leads, so the newest term counts. Pure. */
export function leaderAmong(members: readonly MemberSeen[]): string | undefined {
  return members.filter(({ leader }) => leader).sort((a, b) => b.term - a.term)[0]?.machine;
}

async function memberSeen(machine: string, member: OneMember): Promise<MemberSeen> {
  const [status, healthy] = await Promise.all([member.status(lookDeadlineMs), member.healthy(lookDeadlineMs)]);
  if (!status.ok) return { machine, id: '', healthy, leader: false, term: 0 };
  const { id, leader, raftTerm } = status.value;
  return { machine, id, healthy, leader: leader === id, term: raftTerm };
}

function firstOf(answer: GatewayAnswer<Listing> & { ok: true }): KeyValue | undefined {
  return answer.value.items[0];
}

function addressOf({ machines }: EtcdMachines, name: string): string {
  const machine = machines.find((one) => one.name === name);
  if (machine !== undefined) return machine.address;
  const known = machines.map((one) => one.name).join(', ');
  const cause = `there is no machine ${name}; there are: ${known}`;
  throw new LabError({ code: 'missing.machine', cause, next: 'lab status' });
}

function unanswered(machine: string, key: string, error: string): LabError {
  const cause = `etcd on ${machine} cannot say what is left of the lease of ${key}`;
  return new LabError({ code: 'timeout.etcd', cause, evidence: [error], next: 'lab status' });
}
