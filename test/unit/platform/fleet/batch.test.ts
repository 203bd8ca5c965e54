import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { runFleetctl } from '#platform/fleet/fleetctl/commands/run-fleetctl.ts';
import { eventually } from './eventually.ts';
import { simulatedCluster, unitText, type SimulatedCluster } from './simulated-cluster.ts';

/** Many units are as few requests, transactions and reloads as it takes, not so many times what one unit needs. */
const keys = fleetKeys();
let cluster: SimulatedCluster;
let directory = '';
beforeEach(async () => {
  cluster = await simulatedCluster(3);
  await eventually(async () =>
    (await cluster.client.listMachines()).length === 3 ? undefined : 'not all machines are registered',
  );
  directory = await mkdtemp(join(tmpdir(), 'fleet-batch-'));
  await writeFile(join(directory, 'unit@.service'), '[Service]\nExecStart=/bin/sleep 1\n');
});
afterEach(async () => {
  await cluster.close();
  await rm(directory, { recursive: true, force: true });
});

/** The API of one machine, behind a door that counts who comes: fleetctl opens a connection for each request. */
async function counted(): Promise<{ endpoint: string; requests: () => number }> {
  let requests = 0;
  const { port } = new URL(cluster.machines[0]?.fleetd.addresses[0] ?? '');
  const door = createServer((client) => {
    requests += 1;
    const server = connect(Number(port), '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void door.close());
  return { endpoint: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, requests: () => requests };
}

async function fleetctl(endpoint: string, ...argv: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), progress: undefined };
  const code = await runFleetctl(argv, { env: { FLEETCTL_ENDPOINT: endpoint, FLEETCTL_REQUEST_TIMEOUT: '60' }, ...io });
  return { code, out, err };
}

/** Revisions at which keys of one kind were written: so many transactions. */
async function transactions(part: 'object' | 'desired' | 'target'): Promise<number> {
  const { items } = await cluster.store.list(keys.jobs);
  const suffix = keys.job('x')[part].split('/').at(-1) ?? '';
  return new Set(items.filter(({ key }) => key.endsWith(`/${suffix}`)).map((item) => item.modRevision)).size;
}

test('start, stop and destroy of 100 units', async () => {
  const { endpoint, requests } = await counted();
  const units = join(directory, 'unit@{1..100}');
  const started = await fleetctl(endpoint, 'start', units);
  expect(started).toMatchObject({ code: 0, err: [] });
  expect(started.out.filter((line) => / launched on /.test(line))).toHaveLength(100);
  // Two pages of the list, the batch, the watch.
  expect(requests()).toBeLessThanOrEqual(4);
  expect([await transactions('object'), await transactions('desired')]).toEqual([1, 1]);
  expect(await transactions('target')).toBeLessThanOrEqual(2);
  expect(Object.keys(await cluster.active())).toHaveLength(100);
  for (const { systemd } of cluster.machines) {
    const loads = systemd.calls.filter((call) => call.startsWith('load'));
    expect(loads.length).toBeLessThanOrEqual(2);
    expect(loads.flatMap((call) => call.split(' ').slice(1)).length).toBeGreaterThanOrEqual(33);
  }
  const before = requests();
  const stopped = await fleetctl(endpoint, 'stop', 'unit@{1..100}');
  expect(stopped).toMatchObject({ code: 0 });
  expect(stopped.out.filter((line) => / loaded on /.test(line))).toHaveLength(100);
  expect(requests() - before).toBeLessThanOrEqual(6);
  expect(await cluster.active()).toEqual({});
  const destroyed = await fleetctl(endpoint, 'destroy', 'unit@*');
  expect(destroyed.code).toBe(0);
  expect(destroyed.out).toHaveLength(100);
  expect((await cluster.store.list(keys.jobs)).items).toEqual([]);
  for (const { systemd } of cluster.machines) {
    expect(await systemd.installed()).toEqual([]);
    expect(systemd.calls.filter((call) => call.startsWith('unload')).length).toBeLessThanOrEqual(3);
  }
});

test('one unit needs no list of all', async () => {
  const { endpoint, requests } = await counted();
  await cluster.client.createUnit('a.service', unitText());
  expect(await fleetctl(endpoint, 'start', 'a')).toMatchObject({ code: 0 });
  expect(requests()).toBe(3);
});

test('a batch of which one cannot be made makes none', async () => {
  const { endpoint } = await counted();
  await writeFile(
    join(directory, 'bad.service'),
    '[Service]\nExecStart=/bin/true\n\n[X-Fleet]\nGlobal=true\nMachineOf=unit@1.service\n',
  );
  const words = ['start', join(directory, 'unit@{1..50}'), join(directory, 'bad')];
  await expect(fleetctl(endpoint, ...words)).rejects.toThrow('Global cannot be used with Peers');
  expect(await cluster.client.listUnits()).toEqual([]);
});

test('units that are not wanted yet leave room for those of the same batch, however many there are', async () => {
  // One after the other, `any` would take the only machine that `only` can have (coreos/fleet#1245).
  const conflicts = 'Conflicts=only.service\nConflicts=any.service';
  const set = (name: string, more: string) => ({ name, options: unitText(more), desired: 'launched' as const });
  const crowd = Array.from({ length: 150 }, (_, n) => set(`crowd${n}.service`, ''));
  await cluster.client.changeUnits([
    set('any.service', conflicts),
    ...crowd,
    set('only.service', `${conflicts}\nMachineMetadata=slot=1`),
  ]);
  await eventually(async () => {
    const active = await cluster.active();
    return Object.keys(active).length === 152 ? undefined : `${Object.keys(active).length} of 152 are active`;
  });
  expect((await cluster.active())['only.service']).toBe('core-01');
});
