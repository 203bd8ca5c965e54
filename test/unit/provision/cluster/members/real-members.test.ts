import { afterEach, beforeEach, expect, it } from 'vitest';
import { etcdHealthy, until } from '#provision/cluster/conditions/conditions.ts';
import { addMember, removeMember } from '#provision/cluster/members/change-members.ts';
import { decideMembers } from '#provision/cluster/members/decide-members.ts';
import { lookAtMembers } from '#provision/cluster/members/look-at-members.ts';
import { memberPort, peerUrl } from '#platform/etcd/ports.ts';
import { EtcdOnLoopback } from './etcd-on-loopback.ts';

const withinMs = 60_000;
const all = ['core-01', 'core-02', 'core-03'];
let etcd: EtcdOnLoopback;
beforeEach(() => void (etcd = new EtcdOnLoopback()));
afterEach(() => etcd.stop());

const healthy = (...names: string[]) => until(etcdHealthy(etcd.address(...names)), { withinMs, next: 'look' });
const decide = (fresh: string[], running: string[], kept = running, served = false) =>
  decideMembers(
    { machines: etcd.machines, range: '127.0.0.0/8', fresh, kept, running },
    { withinMs, stretch: 1, onMissing: () => undefined, everServed: async () => served },
  );

async function call(machine: string, method: 'put' | 'range', body: object): Promise<{ kvs?: { value: string }[] }> {
  const [address] = etcd.address(machine);
  const init = { method: 'POST', body: JSON.stringify(body) };
  return (await (await fetch(`http://${address}:${memberPort}/v3/kv/${method}`, init)).json()) as {
    kvs?: { value: string }[];
  };
}

it('a destroyed member is replaced, also when a run was killed half way, and the data is kept', async () => {
  await Promise.all(all.map((name) => etcd.start(name)));
  await healthy(...all);
  await call('core-01', 'put', { key: btoa('k'), value: btoa('kept') });
  const options = { addresses: etcd.address('core-01', 'core-03'), withinMs, stretch: 1 };
  const [, url = ''] = etcd.machines.map(({ address }) => peerUrl(address));

  await etcd.end('core-02', 'destroy');
  const first = await decide(['core-02'], ['core-01', 'core-03']);
  expect(first).toMatchObject({ kind: 'replace', steps: [{ action: 'remove' }, { action: 'join' }] });
  const ids = (plan: typeof first) =>
    plan.kind === 'replace' ? plan.steps.flatMap((step) => ('id' in step ? [step.id] : [])) : [];
  for (const id of ids(first)) await removeMember(id, options);
  // Killed here: only to be added.
  expect(await decide(['core-02'], ['core-01', 'core-03'])).toMatchObject({ steps: [{ action: 'join' }] });
  const added = (await addMember(url, options)).find(({ peerUrls }) => peerUrls.includes(url));
  expect(added).toMatchObject({ name: '', started: false });
  // Killed here: the one that was added never started, and goes.
  const again = await decide(['core-02'], ['core-01', 'core-03']);
  expect(ids(again)).toEqual([added?.id]);
  for (const id of ids(again)) await removeMember(id, options);

  const members = await addMember(url, options);
  const named = members.map((member) => ({
    name: member.name || 'core-02',
    peerUrl: member.peerUrls[0] ?? '',
  }));
  await etcd.start('core-02', { state: 'existing', members: named });
  await healthy(...all);
  const range = await call('core-02', 'range', { key: btoa('k'), serializable: true });
  expect(atob(range.kvs?.[0]?.value ?? '')).toBe('kept');
  const view = await lookAtMembers(etcd.address(...all), 1);
  expect(view?.members.map(({ name, started }) => [name, started]).sort()).toEqual(all.map((name) => [name, true]));
});

it('without a quorum the member that is left is asked on its peer port, and the plan is refused', async () => {
  await Promise.all(all.map((name) => etcd.start(name)));
  await healthy(...all);
  await etcd.end('core-02', 'destroy');
  await etcd.end('core-03', 'destroy');
  // Restarted without a quorum it answers no client, and may have forgotten that the others had ever started.
  await etcd.end('core-01', 'kill');
  await etcd.start('core-01');
  await expect(decide(['core-02', 'core-03'], ['core-01'], ['core-01'], true)).rejects.toMatchObject({
    code: 'state.quorum',
    next: 'lab destroy && lab up',
    message: expect.stringContaining('of its 3 members 1 runs, and 2 must') as string,
  });
});

it('a cluster that was never whole is completed, not replaced', async () => {
  await etcd.start('core-01');
  expect(await decide(['core-02', 'core-03'], ['core-01'])).toEqual({ kind: 'bootstrap' });
  await etcd.start('core-02');
  await healthy('core-01', 'core-02');
  expect(await decide(['core-03'], ['core-01', 'core-02'])).toEqual({ kind: 'bootstrap' });
  await etcd.start('core-03');
  await healthy(...all);
});

it('nobody runs that could be asked: refused at once', async () => {
  await expect(decide(['core-02'], [], ['core-01', 'core-03'])).rejects.toMatchObject({
    code: 'state.quorum',
    next: 'lab up',
  });
});
