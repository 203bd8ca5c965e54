import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFleetClient, type FleetClient } from '#platform/fleet/client/fleet-client.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { eventually } from './eventually.ts';

/** Three fleetd processes as they are delivered to machines (bundled), a real etcd of three members, the real fleetctl. */
let directory = '';
let etcd: RealEtcd;
let client: FleetClient;
const daemons = new Map<number, { child: ChildProcess; log: () => string }>();
const endpoint = (n: number): string => `unix://${join(directory, `fleet${n}.sock`)}`;
const endpoints = [1, 2, 3].map((n) => () => endpoint(n));

async function bundle(entry: string, name: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: join(directory, 'bin', name),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
}

function boot(n: number): void {
  const flags = {
    'etcd-servers': [...etcd.endpoints.slice(n - 1), ...etcd.endpoints.slice(0, n - 1)].join(','),
    'machine-id': String(n).repeat(32),
    hostname: `core-0${n}`,
    'public-ip': `127.0.0.${n}`,
    listen: endpoint(n),
    'agent-ttl': '5s',
    systemd: 'memory',
  };
  const child = spawn(
    process.execPath,
    [join(directory, 'bin/fleetd.cjs'), ...Object.entries(flags).map(([k, v]) => `--${k}=${v}`)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  daemons.set(n, { child, log: () => log });
}

function signal(n: number, name: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const child = daemons.get(n)?.child;
  return new Promise((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(name);
  });
}

function fleetctl(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = {
    ...process.env,
    FLEETCTL_ENDPOINT: endpoints.map((e) => e()).join(','),
    FLEETCTL_REQUEST_TIMEOUT: '20',
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(directory, 'bin/fleetctl.cjs'), ...args],
      { env, cwd: directory },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const present = (count: number) => async (): Promise<string | undefined> => {
  const found = (await client.listMachines()).length;
  return found === count ? undefined : `${found} of ${count} machines are present`;
};
const placesOf = async (): Promise<Record<string, string>> => {
  const active = (await client.listStates()).filter((s) => s.systemdActiveState === 'active');
  return Object.fromEntries(active.map((s) => [s.name ?? '', (s.machineID ?? '').charAt(0)]));
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleet-'));
  await Promise.all([
    bundle('platform/fleet/fleetd.ts', 'fleetd.cjs'),
    bundle('platform/fleet/fleetctl.ts', 'fleetctl.cjs'),
  ]);
  await cp('node_modules/etcd3/proto', join(directory, 'proto'), { recursive: true });
  await writeFile(join(directory, 'db@.service'), '[Service]\nExecStart=/bin/sleep 1\n');
  await writeFile(
    join(directory, 'side@.service'),
    '[Service]\nExecStart=/bin/sleep 1\n\n[X-Fleet]\nMachineOf=db@%i.service\n',
  );
  await writeFile(
    join(directory, 'web@.service'),
    '[Service]\nExecStart=/bin/sleep 1\n\n[X-Fleet]\nConflicts=web@*.service\n',
  );
  await writeFile(join(directory, 'broken.service'), 'ExecStart=/bin/sleep 1\n');
  etcd = await realEtcd({ members: 3 });
  for (const n of [1, 2, 3]) boot(n);
  client = openFleetClient({ endpoints: endpoints.map((e) => e()), timeoutMs: 20_000 });
  await eventually(present(3));
});

afterAll(async () => {
  for (const n of daemons.keys()) await signal(n, 'SIGKILL');
  await etcd.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a cluster of processes', () => {
  test('fleetctl starts units from templates and says what it did', async () => {
    const started = await fleetctl('start', 'side@1.service', 'db@1.service');
    expect(started.out.split('\n').sort().filter(Boolean)).toEqual([
      'Unit db@1.service inactive',
      'Unit db@1.service launched on 11111111.../127.0.0.1',
      'Unit side@1.service inactive',
      'Unit side@1.service launched on 11111111.../127.0.0.1',
    ]);
    expect(started.code).toBe(0);
    const four = await fleetctl('start', 'web@{1..4}');
    const reason = expect.stringContaining('core-02 (22222222...) runs web@') as string;
    expect(four).toMatchObject({ code: 71, err: reason });
    const list = await fleetctl('list-units', '--no-legend', '-fields', 'unit,active,sub');
    expect(list.out.split('\n').filter(Boolean)).toHaveLength(5);
  });

  test('bad input has its own exit code and changes nothing', async () => {
    const before = await fleetctl('list-unit-files');
    expect(await fleetctl('start', 'db@2', 'broken')).toMatchObject({
      code: 65,
      out: '',
      err: expect.stringContaining('broken.service:1') as string,
    });
    expect(await fleetctl('start', 'nosuch')).toMatchObject({ code: 68 });
    expect(await fleetctl('stop', 'nosuch', 'db@1')).toMatchObject({ code: 68 });
    expect(await fleetctl('frobnicate')).toMatchObject({ code: 64 });
    expect(await fleetctl('list-unit-files')).toEqual(before);
  });

  test('fd-forward carries a request to the socket, and its answer back, as --tunnel of the original has it', async () => {
    const words = ['bin/fleetctl.cjs', 'fd-forward', endpoint(1).slice('unix://'.length)];
    const child = spawn(process.execPath, words, { cwd: directory, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let answer = '';
    child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // Standard input stays open, as ssh leaves it.
    child.stdin.write('GET /fleet/v1/machines HTTP/1.1\r\nHost: fleet\r\nConnection: close\r\n\r\n');
    expect(await ended).toBe(0);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK[\s\S]*"machines":\[/);
    expect(await fleetctl('fd-forward', '/nosuch.sock')).toMatchObject({ code: 74 });
  });

  test('stop, start, destroy and cat', async () => {
    expect(await fleetctl('stop', 'web@4')).toMatchObject({ code: 0 });
    expect(await fleetctl('destroy', 'web@4')).toMatchObject({ code: 0, out: 'Destroyed web@4.service\n' });
    const place = (await client.getUnit('web@3.service'))?.machineID ?? '';
    const label = `${place.slice(0, 8)}.../127.0.0.${place.charAt(0)}`;
    expect(await fleetctl('stop', 'web@3')).toEqual({
      code: 0,
      out: `Unit web@3.service loaded on ${label}\n`,
      err: 'Successfully stopped units [web@3.service].\n',
    });
    expect(await fleetctl('start', 'web@3')).toMatchObject({
      code: 0,
      out: `Unit web@3.service launched on ${label}\n`,
    });
    expect(await fleetctl('start', 'web@3')).toEqual({ code: 0, out: '', err: '' });
    expect((await fleetctl('cat', 'web@3')).out).toBe(
      '[Service]\nExecStart=/bin/sleep 1\n\n[X-Fleet]\nConflicts=web@*.service\n',
    );
  });

  test('SIGKILL of the leader: its units are elsewhere, except the web that no machine can take; it returns with the machine', async () => {
    const leader = [1, 2, 3].findLast((n) => daemons.get(n)?.log().includes('engine event=leading')) ?? 1;
    const before = await placesOf();
    await signal(leader, 'SIGKILL');
    await eventually(async () => {
      const now = await placesOf();
      if (Object.values(now).includes(String(leader))) return `${leader} still counts`;
      return Object.keys(now).length === 4 ? undefined : JSON.stringify(now);
    });
    const after = await placesOf();
    for (const [unit, place] of Object.entries(before)) if (place !== String(leader)) expect(after[unit]).toBe(place);
    expect(after['side@1.service']).toBe(after['db@1.service']);
    boot(leader);
    await eventually(async () =>
      (await placesOf())[`web@${[1, 2, 3].find((n) => !(`web@${n}.service` in after))}.service`]
        ? undefined
        : 'web is not back',
    );
  });

  test('two of three etcd members gone for longer than a TTL: nothing is moved or started again', async () => {
    await eventually(present(3));
    const before = await placesOf();
    const starts = () => [...daemons.values()].map((d) => d.log().match(/^(start|stop|load) unit/gm)?.length ?? 0);
    const count = starts();
    await Promise.all([etcd.kill(0), etcd.kill(1)]);
    await eventually(async () => ((await fleetctl('list-units')).code === 74 ? undefined : 'still answers'));
    await new Promise((resolve) => setTimeout(resolve, 5000)); // a TTL: what is proved is that nothing happens in it
    await etcd.start(0);
    await eventually(present(3));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await placesOf()).toEqual(before);
    expect(starts()).toEqual(count);
    await etcd.start(1);
  });

  test('SIGTERM stops its units before it hands them over: none runs twice', async () => {
    const place = Number((await placesOf())['db@1.service']);
    await signal(place, 'SIGTERM');
    await eventually(async () => {
      const now = (await placesOf())['db@1.service'];
      return now !== undefined && now !== String(place) ? undefined : `db@1 is on ${now}`;
    });
    await eventually(async () =>
      daemons.get(place)?.log().includes('presence event=left') ? undefined : 'has not left',
    );
    expect(daemons.get(place)?.log()).toMatch(/stop unit=db@1.service[\s\S]*presence event=left/);
  });
});
