import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAgent, type Agent } from '#platform/fleet/agent/run-agent.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { openMirror, type Mirror } from '#platform/fleet/registry/mirror.ts';
import { readState, writeUnit, type StateRecord } from '#platform/fleet/registry/records.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { memorySystemd, type MemorySystemd } from '#platform/systemd/memory-systemd.ts';
import { eventually } from '../eventually.ts';
import { unitText } from '../simulated-cluster.ts';

/** An agent on a systemd that also starts units on its own account, as for a timer, a socket, a Wants= or a word on D-Bus. */
const keys = fleetKeys();
const machine = { id: '1'.repeat(32), name: 'core-01', ip: '10.0.0.1', metadata: {} };
const job = 'job.service';
let store: MemoryStore;
let mirror: Mirror;
let systemd: MemorySystemd;
let agent: Agent;
let lease: string;

const boot = (): Agent =>
  runAgent({ store, keys, mirror, systemd, machine, lease: () => lease, resyncMs: 50, log: () => undefined });
const say = (desired: string) => store.put(keys.job(job).desired, desired);
const state = async (): Promise<StateRecord | undefined> => {
  const found = await store.get(keys.state(job, machine.id));
  return found && readState(job, machine.id, found.value, () => undefined);
};
const untilState = (wanted: Partial<StateRecord>) =>
  eventually(async () => {
    const found: Partial<StateRecord> = (await state()) ?? {};
    return Object.entries(wanted).every(([k, v]) => found[k as keyof StateRecord] === v)
      ? undefined
      : `state ${JSON.stringify(found)}`;
  });
/** Another unit's start is carried out: so is everything that stood in the passes before it. */
const passIsOver = async (): Promise<void> => {
  const name = `mark${String(systemd.calls.length)}.service`;
  await schedule(name, 'launched');
  await eventually(() => (systemd.calls.includes(`start ${name}`) ? undefined : 'no pass yet'));
};
async function schedule(name: string, desired: string): Promise<void> {
  await store.transact(
    [],
    [
      { put: keys.job(name).object, value: writeUnit(name, unitText()) },
      { put: keys.job(name).desired, value: desired },
      { put: keys.job(name).target, value: machine.id },
    ],
  );
}
const stops = (): number => systemd.calls.filter((c) => c === `stop ${job}`).length;

beforeEach(async () => {
  store = memoryStore();
  mirror = await openMirror(store, keys, () => undefined);
  systemd = memorySystemd();
  lease = (await store.grant(60)).id;
  agent = boot();
  await schedule(job, 'loaded');
  await untilState({ job: 'loaded', active: 'inactive' });
});
afterEach(async () => {
  await agent.stop();
  await mirror.close();
  await store.close();
});

test('a loaded unit that systemd starts runs to its end, again and again, and counts as loaded', async () => {
  for (let run = 0; run < 3; run++) {
    systemd.startByItself(job);
    await untilState({ job: 'loaded', active: 'active' });
    await passIsOver();
    systemd.finish(job);
    await untilState({ job: 'loaded', active: 'inactive' });
  }
  expect(stops()).toBe(0);
});

test('stop said of a loaded unit ends the run that there is, and no later one', async () => {
  systemd.startByItself(job);
  await untilState({ active: 'active' });
  await say('loaded');
  await untilState({ active: 'inactive', job: 'loaded' });
  systemd.startByItself(job);
  await untilState({ active: 'active', job: 'loaded' });
  await passIsOver();
  expect(stops()).toBe(1);
});

test('stop said while nothing runs does not end the next run', async () => {
  await say('loaded');
  await passIsOver();
  systemd.startByItself(job);
  await untilState({ active: 'active', job: 'loaded' });
  await passIsOver();
  expect(stops()).toBe(0);
});

test('a launched unit that systemd started first is stopped like any other', async () => {
  systemd.startByItself(job);
  await untilState({ active: 'active' });
  await say('launched');
  await untilState({ job: 'launched' });
  await say('loaded');
  await untilState({ job: 'loaded', active: 'inactive' });
  expect(stops()).toBe(1);
});

test.each(['inactive', 'destroyed'])('a unit that is %s is stopped whoever started it', async (how) => {
  systemd.startByItself(job);
  await untilState({ active: 'active' });
  if (how === 'destroyed') await store.deletePrefix(keys.job(job).all);
  else await say('inactive');
  await eventually(() => (systemd.calls.includes(`unload ${job}`) ? undefined : 'not unloaded'));
  expect(stops()).toBe(1);
});

test('a new agent leaves alone what systemd started, and stops what fleet had started and is only loaded now', async () => {
  await schedule('web.service', 'launched');
  await eventually(() => (systemd.calls.includes('start web.service') ? undefined : 'web does not run'));
  await agent.stop();
  systemd.startByItself(job);
  await say('loaded');
  await store.put(keys.job('web.service').desired, 'loaded');
  agent = boot();
  await eventually(() => (systemd.calls.includes('stop web.service') ? undefined : 'web still runs'));
  await untilState({ active: 'active', job: 'loaded' });
  await passIsOver();
  expect(stops()).toBe(0);
});
