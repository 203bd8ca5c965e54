import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { runAgent } from '#platform/fleet/agent/run-agent.ts';
import { openMirror } from '#platform/fleet/registry/mirror.ts';
import { writeMachine, writeState, writeUnit } from '#platform/fleet/registry/records.ts';
import { memorySystemd, type MemorySystemd } from '#platform/systemd/memory-systemd.ts';
import { unitText } from '../simulated-cluster.ts';

const keys = fleetKeys();
const self = { id: '1'.repeat(32), name: 'core-01', ip: '10.0.0.1', metadata: {} };
const other = { id: '2'.repeat(32), name: 'core-02', ip: '10.0.0.2', metadata: {} };
/** Longer than any pass is put off, and shorter than the slow tick. */
const enoughMs = 500;

let store: MemoryStore;
let systemd: MemorySystemd;
/** How often the agent has looked at its systemd. */
let looks = 0;
/** How many of systemd's next answers leave every unit out. */
let empty = 0;
let close = async (): Promise<void> => undefined;

/** What stands in etcd is one thing, what the agent does after `enoughMs` of no news another. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  store = memoryStore();
  systemd = memorySystemd();
  await store.put(keys.machine(self.id), writeMachine(self));
  await store.put(keys.machine(other.id), writeMachine(other));
  await store.put(keys.job('mine.service').object, writeUnit('mine.service', unitText()));
  await store.put(keys.job('mine.service').desired, 'launched');
  await store.put(keys.job('mine.service').target, self.id);
  await schedule('theirs.service', other.id);
  const mirror = await openMirror(store, keys, () => undefined, 1e9);
  const counting = {
    ...systemd,
    observe(names: readonly string[]) {
      looks += 1;
      if (empty > 0) {
        empty -= 1;
        return systemd.observe([]);
      }
      return systemd.observe(names);
    },
  };
  const log = (): void => undefined;
  const granted = await store.grantOnce(3600);
  const lease = (): string => granted;
  const agent = runAgent({ store, keys, mirror, systemd: counting, machine: self, log, lease, resyncMs: 1e9 });
  close = async () => {
    await agent.stop();
    await mirror.close();
    await store.close();
  };
  agent.wake();
  await settled();
  looks = 0;
});
afterEach(async () => {
  await close();
  vi.useRealTimers();
});

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(enoughMs);
  await turns();
  await vi.advanceTimersByTimeAsync(enoughMs);
}

/** The copy gathers events in turns of the event loop, of which there is no fake here. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function schedule(unit: string, machineId: string, xfleet = ''): Promise<void> {
  await store.put(keys.job(unit).object, writeUnit(unit, unitText(xfleet)));
  await store.put(keys.job(unit).desired, 'launched');
  await store.put(keys.job(unit).target, machineId);
}

test('it has begun: its unit runs, that of the other machine is not here', async () => {
  expect(systemd.calls).toEqual(['load mine.service', 'start mine.service']);
});

describe('an agent sleeps while', () => {
  const state = { machineId: other.id, hash: 'h', load: 'loaded', active: 'active', sub: 'running' };
  test.each<[string, () => Promise<unknown>]>([
    ['another machine gets a unit', () => schedule('new.service', other.id)],
    [
      'a unit waits for a machine',
      () => store.put(keys.job('new.service').object, writeUnit('new.service', unitText())),
    ],
    ['a unit of another machine is to stop', () => store.put(keys.job('theirs.service').desired, 'inactive')],
    ['a unit of another machine is destroyed', () => store.deletePrefix(keys.job('theirs.service').all)],
    [
      'another machine tells of its units',
      () =>
        store.put(
          keys.state('theirs.service', other.id),
          writeState({ unit: 'theirs.service', ...state, job: 'launched' }),
        ),
    ],
    ['another machine goes', () => store.delete(keys.machine(other.id))],
    ['another engine leads', () => store.put(keys.leader, `${other.id} 1`)],
  ])('%s', async (_, happens) => {
    await happens();
    await settled();
    expect(looks).toBe(0);
  });
});

test('units that come within some milliseconds are loaded at once', async () => {
  for (const unit of ['a.service', 'b.service', 'c.service']) {
    await schedule(unit, self.id);
    // Longer than a turn of the event loop, and shorter than the agent waits for more.
    await vi.advanceTimersByTimeAsync(6);
    await turns();
  }
  await settled();
  expect(systemd.calls.slice(2)).toEqual(['load a.service b.service c.service', 'start a.service b.service c.service']);
});

test('systemd passes over a unit in its answer: it is asked again soon, ever later, until it speaks of all', async () => {
  empty = 3;
  systemd.finish('mine.service');
  await settled();
  const [first] = [looks];
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(3);
  await vi.advanceTimersByTimeAsync(10_000);
  await turns();
  expect(empty).toBe(0);
  const state = (await store.get(keys.state('mine.service', self.id)))?.value ?? '';
  expect(JSON.parse(state)).toMatchObject({ loadState: 'loaded' });
  const after = looks;
  await vi.advanceTimersByTimeAsync(100_000);
  await turns();
  expect(looks).toBe(after);
});

describe('it wakes when', () => {
  test.each<[string, () => unknown, string]>([
    ['it gets a unit', () => schedule('new.service', self.id), 'start new.service'],
    ['its unit is to stop', () => store.put(keys.job('mine.service').desired, 'loaded'), 'stop mine.service'],
    ['its unit is taken away', () => store.delete(keys.job('mine.service').target), 'stop mine.service'],
    ['its unit moves', () => store.put(keys.job('mine.service').target, other.id), 'stop mine.service'],
    ['its unit is destroyed', () => store.deletePrefix(keys.job('mine.service').all), 'unload mine.service'],
    [
      'its unit has other content',
      () => store.put(keys.job('mine.service').object, writeUnit('mine.service', unitText('', 'ExecStart=/bin/other'))),
      'start mine.service',
    ],
    ['a unit for all machines comes', () => schedule('all.service', '', 'Global=true'), 'start all.service'],
  ])('%s', async (_, happens, last) => {
    const before = systemd.calls.length;
    await happens();
    await settled();
    expect(looks).toBeGreaterThan(0);
    expect(systemd.calls.slice(before)).toContainEqual(expect.stringContaining(last));
  });

  test('systemd tells of its unit', async () => {
    systemd.finish('mine.service');
    await settled();
    expect(looks).toBeGreaterThan(0);
  });

  test('its metadata, by which it has a unit for all machines, changes', async () => {
    await schedule('disk.service', '', 'Global=true\nMachineMetadata=disk=ssd');
    await settled();
    expect(systemd.calls.at(-1)).toBe('start mine.service');
    await store.put(keys.machineMetadata(self.id, 'disk'), 'ssd');
    await settled();
    expect(systemd.calls.at(-1)).toBe('start disk.service');
  });
});
