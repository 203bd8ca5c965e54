import { afterEach, beforeEach, expect, it } from 'vitest';
import { oneMember } from '#platform/etcd/one-member.ts';
import { memberPort, memberUrl, peerPort, peerUrl } from '#platform/etcd/ports.ts';
import { etcdHealthy, until } from '#provision/cluster/conditions/conditions.ts';
import { addMember, removeMember } from '#provision/cluster/members/change-members.ts';
import { decideMembers } from '#provision/cluster/members/decide-members.ts';
import { lookAtMembers } from '#provision/cluster/members/look-at-members.ts';
import { EtcdOnLoopback } from './etcd-on-loopback.ts';
import { slowProxy, type SlowProxy } from './slow-proxy.ts';

/** So that a question may take 2 s: a host that is busy, too, has time left. */
const stretch = 2;
/** A third of that: late, and in time whichever member it is that is asked first. */
const lateMs = 600;
const withinMs = 60_000;
const all = ['core-01', 'core-02', 'core-03'];
let etcd: EtcdOnLoopback;
let proxies: SlowProxy[] = [];

beforeEach(async () => {
  etcd = new EtcdOnLoopback();
  await Promise.all(all.map((name) => etcd.start(name)));
  await until(etcdHealthy(etcd.address(...all)), { withinMs, next: 'look' });
});
afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  proxies = [];
  await etcd.stop();
});

/** The machine's member, as slow as its proxy. */
async function slow(name: string): Promise<string> {
  const [member = ''] = etcd.address(name);
  const proxy = await slowProxy(member.replace(/\.(\d+)$/, '.20$1'), member, [memberPort, peerPort], lateMs);
  proxies.push(proxy);
  return proxy.address;
}

async function leader(): Promise<string> {
  for (const machine of etcd.machines) {
    const status = await oneMember(memberUrl(machine.address)).status(withinMs);
    if (status.ok && status.value.leader === status.value.id) return machine.name;
  }
  throw new Error('no member leads');
}

const decide = (fresh: string, machines: EtcdOnLoopback['machines'] = etcd.machines) => {
  const running = all.filter((name) => name !== fresh);
  return decideMembers(
    { machines, range: '127.0.0.0/8', fresh: [fresh], kept: running, running },
    { withinMs, stretch, onMissing: () => undefined, everServed: async () => true },
  );
};

it.each([0, 1, 2])(
  'a member that is slow is believed like the others, whichever of them is asked first (%i)',
  async (index) => {
    const addresses = etcd.address(...all);
    addresses[index] = await slow(all[index] ?? '');
    // It alone is asked, then it among the others, in each place of the list.
    const alone = await lookAtMembers([addresses[index]], stretch);
    expect(alone).toMatchObject({ quorum: true });
    expect(alone?.members.map(({ name }) => name).sort()).toEqual(all);
    for (let turn = 0; turn < 3; turn += 1) {
      const order = [...addresses.slice(turn), ...addresses.slice(0, turn)];
      expect((await lookAtMembers(order, stretch))?.quorum).toBe(true);
      await until(etcdHealthy(order), { withinMs, next: 'look' });
    }
  },
);

it('a destroyed machine joins although the first machine is slow and the other has just lost its place as leader', async () => {
  // The one that is destroyed is neither the first nor the leader.
  const leads = await leader();
  const fresh = leads === 'core-02' ? 'core-03' : 'core-02';
  const restarted = leads === 'core-01' ? (fresh === 'core-02' ? 'core-03' : 'core-02') : leads;
  const slowFirst = await slow('core-01');
  const machines = etcd.machines.map((one) => (one.name === 'core-01' ? { ...one, address: slowFirst } : one));
  const reach = machines.filter(({ name }) => name !== fresh).map(({ address }) => address);
  const options = { addresses: reach, withinMs, stretch };
  const url = peerUrl(etcd.address(fresh)[0] ?? '');

  await etcd.end(fresh, 'destroy');
  await etcd.end(restarted, 'kill');
  // Two of three are gone: no quorum until the one that was killed is back and a leader is elected.
  const decided = decide(fresh, machines);
  await etcd.start(restarted);
  const plan = await decided;
  expect(plan).toMatchObject({
    kind: 'replace',
    steps: [
      { action: 'remove', machine: fresh },
      { action: 'join', machine: fresh },
    ],
  });
  for (const step of plan.kind === 'replace' ? plan.steps : []) if ('id' in step) await removeMember(step.id, options);

  const members = await addMember(url, options);
  const named = members.map(({ name, peerUrls }) => ({ name: name || fresh, peerUrl: peerUrls[0] ?? '' }));
  await etcd.start(fresh, { state: 'existing', members: named });
  await until(etcdHealthy(etcd.address(...all)), { withinMs, next: 'look' });
  const view = await lookAtMembers(reach, stretch);
  expect(view?.members.map(({ name, started }) => [name, started]).sort()).toEqual(all.map((name) => [name, true]));
});

it('while the leader restarts, the word of the member that is left is not taken for the cluster’s', async () => {
  const leads = await leader();
  const [fresh = '', left = ''] = all.filter((name) => name !== leads);
  await etcd.end(fresh, 'destroy');
  await etcd.end(leads, 'kill');
  expect(await lookAtMembers(etcd.address(left, leads), stretch)).toMatchObject({ quorum: false });
  await etcd.start(leads);
  expect(await decide(fresh)).toMatchObject({ kind: 'replace', steps: [{ action: 'remove' }, { action: 'join' }] });
});
