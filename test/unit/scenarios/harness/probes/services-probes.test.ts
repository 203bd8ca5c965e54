import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { EventData } from '#scenarios/harness/record/run-event.ts';
import { readSamples } from '#scenarios/harness/record/read-samples.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import type { Endpoint, ProbeEvent } from '#scenarios/harness/probes/settings.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { readyCouchbase, realMemcached } from '#test/unit/apps/support/real-services.ts';
import { realEtcd, type RealEtcd } from '#test/unit/platform/etcd/real-etcd.ts';
import { eventually, probeBundle } from './probe-bundle.ts';

let bundle: Awaited<ReturnType<typeof probeBundle>>;
let etcd: RealEtcd;
let store: EtcdStore;
let members: Endpoint[];
beforeAll(async () => {
  [bundle, etcd] = await Promise.all([probeBundle(), realEtcd({ members: 3 })]);
  store = openEtcd({ endpoints: etcd.endpoints });
  members = etcd.endpoints.map((url, i) => ({
    machine: `core-0${i + 1}`,
    host: '127.0.0.1',
    port: Number(new URL(url).port),
  }));
});
afterEach(() => store.deletePrefix('/services/'));
afterAll(async () => {
  await store.close();
  await etcd.stop();
  await bundle.remove();
});

const good = (file: string, probe: string, count: number, also: (sample: Sample) => boolean = () => true) =>
  eventually(`${count} good answers of ${probe}`, async () => {
    const found = (await readSamples(file)).filter((sample) => sample.probe === probe && sample.ok && also(sample));
    return found.length >= count ? found : undefined;
  });

it('etcd: reads and writes go on past a dead member, stop without a quorum, and every acknowledged key is read back', async () => {
  const events: ProbeEvent[] = [];
  const probes = await bundle.start({ probes: ['etcd-read', 'etcd-write'], etcd: members, runId: 'q' }, (event) =>
    events.push(event),
  );
  await good(probes.samplesFile, 'etcd-read', 5);
  const written = await good(probes.samplesFile, 'etcd-write', 5);
  expect(await store.get(written[0]?.key ?? '')).toMatchObject({ value: '1' });
  await etcd.kill(2);
  await eventually('a failure at the dead member', () =>
    events.find(({ type, data }) => type === 'probe-failing' && data.machine === 'core-03'),
  );
  await good(probes.samplesFile, 'etcd-write', written.length + 10);
  await etcd.kill(1);
  await eventually('no write without a quorum', () =>
    events.find(({ type, data }) => type === 'probe-failing' && data.machine === 'core-01'),
  );
  await etcd.start(1);
  await etcd.start(2);
  await eventually('writes again', () =>
    events.find(({ type, data }) => type === 'probe-ok' && data.machine === 'core-01'),
  );
  const { readBack } = await probes.stop();
  const acknowledged = (await readSamples(probes.samplesFile)).filter(({ probe, ok }) => probe === 'etcd-write' && ok);
  expect(readBack).toMatchObject([{ probe: 'etcd-write', acknowledged: acknowledged.length, lost: [] }]);
  expect((await store.list('/lab/probe/')).items).toEqual([]);
});

it('memcached: follows the announced addresses; what a server held that lost it is counted as lost', async () => {
  const [one, two] = [await realMemcached(), await realMemcached()];
  await store.put('/services/memcached/1', one.address);
  await store.put('/services/memcached/2', two.address);
  const probes = await bundle.start({ probes: ['memcached'], etcd: members });
  const ofTwo = await good(probes.samplesFile, 'memcached', 5, ({ target }) => target === 'memcached/2');
  await two.stop();
  await eventually('it fails', async () =>
    (await readSamples(probes.samplesFile)).find(({ ok, target }) => !ok && target === 'memcached/2'),
  );
  const next = await realMemcached();
  await store.put('/services/memcached/2', next.address);
  const moved = await good(probes.samplesFile, 'memcached', ofTwo.length + 5, ({ target }) => target === 'memcached/2');
  const { readBack } = await probes.stop();
  const lost = readBack[0]?.lost ?? [];
  expect(lost).toEqual(expect.arrayContaining(ofTwo.map(({ key }) => key)));
  expect(lost).not.toContain(moved.at(-1)?.key);
  expect(lost.every((key) => key.includes(':memcached/2:'))).toBe(true);
  await one.stop();
  await next.stop();
});

it('couchbase: goes with the announced address; documents of the lost bucket are lost, the rest is there', async () => {
  const first = await readyCouchbase();
  await store.put('/coreos.com/network/subnets/127.0.0.0-24', '{"PublicIP":"127.0.0.1"}');
  await store.put('/services/couchbase/1', first.address);
  const probes = await bundle.start({ probes: ['couchbase'], etcd: members });
  const before = await good(probes.samplesFile, 'couchbase', 5);
  expect(before[0]).toMatchObject({ machine: 'core-01', target: first.address });
  await first.stop();
  const second = await readyCouchbase();
  await store.put('/services/couchbase/1', second.address);
  const after = await good(probes.samplesFile, 'couchbase', 5, ({ target }) => target === second.address);
  const { readBack } = await probes.stop();
  const lost = readBack[0]?.lost ?? [];
  expect(lost).toEqual(expect.arrayContaining(before.map(({ key }) => key)));
  for (const { key } of after) expect(lost).not.toContain(key);
  await second.stop();
});

it('a probe that never found an address says so: nothing of it may count as a pass', async () => {
  const ended: EventData<'probe-ended'>[] = [];
  const probes = await bundle.start(
    { probes: ['memcached', 'couchbase', 'etcd-read'], etcd: members },
    ({ type, data }) => {
      if (type === 'probe-ended') ended.push(data);
    },
  );
  await good(probes.samplesFile, 'etcd-read', 10);
  await probes.stop();
  const errors = new Map(ended.map(({ probe, error }) => [probe, error]));
  expect(Object.fromEntries(errors)).toEqual({
    memcached: 'no address under /services/memcached was ever found',
    couchbase: 'no address under /services/couchbase was ever found',
    'etcd-read': undefined,
  });
});
