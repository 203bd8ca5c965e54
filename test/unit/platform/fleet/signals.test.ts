import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import type { FleetdState } from '#platform/fleet/daemon/state.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { eventually } from './eventually.ts';
import { unitText } from './simulated-cluster.ts';

/** fleetd as it is delivered to machines (bundled), told things by signals. */
let directory = '';
let etcd: RealEtcd;
let daemon: ChildProcess | undefined;
let said = '';
const socket = (): string => `unix://${join(directory, 'fleet.sock')}`;

function boot(etcdServers: string, ...more: string[]): void {
  const words = ['--machine-id=' + '1'.repeat(32), '--hostname=core-01', '--public-ip=127.0.0.1', '--agent-ttl=6s'];
  const flags = [...words, '--systemd=memory', `--listen=${socket()}`, `--etcd-servers=${etcdServers}`, ...more];
  const child = spawn(process.execPath, [join(directory, 'bin/fleetd.cjs'), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  daemon = child;
}

const untilSaid = (text: string): Promise<void> =>
  eventually(() => (said.includes(text) ? undefined : `"${text}" is not in: ${said}`));
const states = (): FleetdState[] =>
  said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as FleetdState);

/** Sends SIGUSR1 until the state is as wanted; each time it must be one line more. */
async function untilState(isWanted: (state: FleetdState) => boolean): Promise<FleetdState> {
  await eventually(async () => {
    const before = states().length;
    daemon?.kill('SIGUSR1');
    await eventually(() => (states().length === before + 1 ? undefined : `no state in: ${said}`));
    const state = states().at(-1);
    return state !== undefined && isWanted(state) ? undefined : JSON.stringify(state);
  });
  return states().at(-1) as FleetdState;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleet-signals-'));
  await build({
    entryPoints: ['platform/fleet/fleetd.ts'],
    outfile: join(directory, 'bin/fleetd.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  await cp('node_modules/etcd3/proto', join(directory, 'proto'), { recursive: true });
  etcd = await realEtcd({ members: 1 });
});

afterEach(async () => {
  const child = daemon;
  daemon = undefined;
  said = '';
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
});
afterAll(async () => {
  await etcd.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('fleetd', () => {
  test('writes what it knows as one line of JSON at SIGUSR1, and opens no debugger', async () => {
    boot(etcd.endpoints.join(','));
    // Node itself takes a moment until the program can heed a signal.
    await untilSaid('api event=listening');
    const registered = await untilState((state) => state.lease !== null && state.engine.leading);
    expect(registered).toMatchObject({
      machine: { id: '1'.repeat(32), name: 'core-01', ip: '127.0.0.1' },
      config: { agentTtl: 6, etcdServers: etcd.endpoints },
      listening: [socket()],
      engine: { leader: '1'.repeat(32) },
      registry: { units: 0, machines: ['core-01'] },
      units: [],
    });
    const client = openFleetClient({ endpoints: [socket()], timeoutMs: 60_000 });
    await client.createUnit('a.service', unitText(), 'launched');
    await client.createUnit('nowhere.service', unitText('MachineMetadata=no=where'), 'launched');
    const busy = await untilState(
      (state) => state.units.length > 0 && state.registry?.unitsWithoutMachine.length === 1,
    );
    expect(busy.units).toMatchObject([{ unit: 'a.service', active: 'active', job: 'launched' }]);
    expect(busy.registry).toMatchObject({ units: 2, unitsWithoutMachine: ['nowhere.service'] });
    expect(said).not.toContain('Debugger');
    for (const name of ['a.service', 'nowhere.service']) await client.destroyUnit(name);
  });

  test('has a state to tell while it waits for etcd, too', async () => {
    boot('http://127.0.0.1:1');
    await untilSaid('waiting-for-etcd');
    const state = await untilState(() => true);
    expect(state).toMatchObject({ lease: null, engine: { leading: false, leader: null }, registry: null, units: [] });
    expect(said).not.toContain('Debugger');
  });

  test('takes over at SIGHUP what fleet.conf says now: its units run on, and it is never gone', async () => {
    const conf = join(directory, 'fleet.conf');
    await writeFile(conf, 'metadata=disk=hdd\n');
    boot(etcd.endpoints.join(','), `--config=${conf}`);
    await untilSaid('presence event=registered');
    const client = openFleetClient({ endpoints: [socket()], timeoutMs: 60_000 });
    await client.createUnit('fast.service', unitText('MachineMetadata=disk=ssd'), 'launched');
    await client.createUnit('any.service', unitText(), 'launched');
    const active = async () => (await client.listStates()).filter((s) => s.systemdActiveState === 'active');
    await eventually(async () => ((await active()).length === 1 ? undefined : 'any does not run'));
    await untilSaid('start unit=any.service');
    const before = said.match(/^(start|stop) unit=any/gm)?.length;
    const machines: number[] = [];
    await writeFile(conf, 'metadata=disk=ssd\nagent_ttl=4s\ntoken_limit=7\n');
    daemon?.kill('SIGHUP');
    await untilSaid('fleetd event=reloaded changed=metadata needs_restart=tokenLimit');
    await eventually(async () => {
      machines.push((await client.listMachines()).length);
      return (await active()).length === 2 ? undefined : 'fast does not run';
    });
    expect(machines.filter((count) => count !== 1)).toEqual([]);
    expect((await client.listMachines())[0]?.metadata).toEqual({ disk: 'ssd' });
    expect(said.match(/^(start|stop) unit=any/gm)?.length).toBe(before);
    for (const name of ['fast.service', 'any.service']) await client.destroyUnit(name);
  });

  test('goes on at SIGHUP with what it has when fleet.conf is none', async () => {
    const conf = join(directory, 'bad.conf');
    await writeFile(conf, '');
    boot(etcd.endpoints.join(','), `--config=${conf}`);
    await untilSaid('presence event=registered');
    await writeFile(conf, 'metadta=a=b\n');
    daemon?.kill('SIGHUP');
    await untilSaid(`fleetd event=not-reloaded reason="${conf}:1: metadta is no option of fleetd`);
    expect(await openFleetClient({ endpoints: [socket()], timeoutMs: 60_000 }).listMachines()).toHaveLength(1);
    expect(daemon?.exitCode).toBeNull();
  });
});
