import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import { waitUntil } from '#provision/machines/wait-until.ts';
import { type EtcdMembers, startEtcd } from './etcd-members.ts';
import { startSystemdMachine, type SystemdMachine } from './systemd-machine.ts';

/** fleet as it is delivered, without machines: three fleetd processes, each with a systemd of its own, on three members of etcd. */
export interface FleetCluster {
  readonly etcd: EtcdMembers;
  readonly machines: readonly SystemdMachine[];
  /** Runs the build's own fleetctl where `unit@.service` is a template that sleeps. @throws LabError `command.fleetctl` */
  fleetctl(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const size = 3;

/**
 * @param build directory with fleetd.cjs and fleetctl.cjs
 * @throws LabError `timeout.condition`
 */
export async function startFleetCluster(build: string): Promise<FleetCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'coreos-lab-bench-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(directory, size);
    started.push(etcd);
    const numbers = Array.from({ length: size }, (_, n) => n + 1);
    const sockets = numbers.map((n) => `unix://${directory}/fleet${n}.sock`);
    const starting = numbers.map((n) =>
      startSystemdMachine(join(directory, `machine${n}`), fleetdOf(build, directory, n, etcd.endpoints)),
    );
    // Those that came up are stopped, too, when another one did not.
    for (const one of await Promise.allSettled(starting)) if (one.status === 'fulfilled') started.push(one.value);
    const machines = await Promise.all(starting);
    const work = join(directory, 'units');
    await mkdir(work);
    await writeFile(join(work, 'unit@.service'), '[Service]\nExecStart=/bin/sleep 86400\n');
    const client = openFleetClient({ endpoints: sockets });
    const check = async (): Promise<boolean> => (await client.listMachines().catch(() => [])).length === size;
    const condition = `fleet lists ${size} machines`;
    await waitUntil({ condition, deadlineMs: 60_000, everyMs: 50, next: 'npm run bench -- fleet', check });
    return { etcd, machines, stop, fleetctl: (args) => runFleetctl(build, work, sockets, args) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function fleetdOf(build: string, directory: string, n: number, endpoints: readonly string[]): string[] {
  const flags = {
    'etcd-servers': [...endpoints.slice(n - 1), ...endpoints.slice(0, n - 1)].join(','),
    'machine-id': String(n).repeat(32),
    hostname: `core-0${n}`,
    'public-ip': `127.0.0.${n}`,
    listen: `unix://${directory}/fleet${n}.sock`,
  };
  return [process.execPath, join(build, 'fleetd.cjs'), ...Object.entries(flags).map(([k, v]) => `--${k}=${v}`)];
}

async function runFleetctl(
  build: string,
  cwd: string,
  sockets: readonly string[],
  args: readonly string[],
): Promise<string> {
  const env = { FLEETCTL_ENDPOINT: sockets.join(',') };
  const result = await execa(process.execPath, [join(build, 'fleetctl.cjs'), ...args], { cwd, env, reject: false });
  if (result.exitCode === 0) return result.stdout;
  throw new LabError({
    code: 'command.fleetctl',
    cause: `fleetctl ${args.join(' ')} ended with ${result.exitCode ?? result.signal}`,
    evidence: result.stderr.split('\n').slice(-5),
    next: 'npm run bench -- fleet',
  });
}
