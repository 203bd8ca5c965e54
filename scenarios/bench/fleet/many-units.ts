import { waitUntil } from '#provision/machines/wait-until.ts';
import type { FleetCluster } from './fleet-cluster.ts';
import { endedChildrenMs, familyCpuMs, ownCpuMs, residentBytes } from './process-cpu.ts';

/** What one command cost: until it ended, ms; CPU time of all processes of a kind, ms; requests and processes. */
export interface CommandCost {
  readonly wallMs: number;
  readonly fleetdMs: number;
  readonly fleetctlMs: number;
  readonly systemdMs: number;
  readonly etcdMs: number;
  readonly etcdRequests: number;
  readonly systemctlCalls: number;
}

/** `start` and `destroy` of the same units, in one command each. `start` ends when systemd has all of them active. */
export async function startAndDestroy(
  cluster: FleetCluster,
  units: number,
): Promise<{ start: CommandCost; destroy: CommandCost }> {
  const names = [`unit@{1..${units}}`];
  const start = await costOf(cluster, ['start', ...names]);
  const destroy = await costOf(cluster, ['destroy', ...names]);
  return { start, destroy };
}

/** What each fleetd takes while nothing happens. */
export interface IdleCost {
  /** CPU time of one fleetd and its children, per cent of one core. */
  readonly cpuPercent: number;
  /** Of one fleetd. */
  readonly etcdRequestsPerSecond: number;
  /** Of one fleetd. */
  readonly residentBytes: number;
}

/** @param forMs how long it looks */
export async function idleCost(cluster: FleetCluster, forMs: number): Promise<IdleCost> {
  await atRest(cluster);
  const before = await usage(cluster);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const tookMs = performance.now() - began;
  const after = await usage(cluster);
  const daemons = cluster.machines.map(({ programPid = 0 }) => programPid);
  const resident = await Promise.all(daemons.map(residentBytes));
  return {
    cpuPercent: ((after.fleetdMs - before.fleetdMs) / tookMs / daemons.length) * 100,
    etcdRequestsPerSecond: ((after.etcdRequests - before.etcdRequests) / tookMs / daemons.length) * 1000,
    residentBytes: resident.reduce((sum, bytes) => sum + bytes, 0) / resident.length,
  };
}

async function costOf(cluster: FleetCluster, args: readonly string[]): Promise<CommandCost> {
  await atRest(cluster);
  const before = await usage(cluster);
  const began = performance.now();
  await cluster.fleetctl(args);
  const wallMs = performance.now() - began;
  // What the command left to do in the background is its cost, too.
  await atRest(cluster);
  const after = await usage(cluster);
  return {
    wallMs,
    fleetdMs: after.fleetdMs - before.fleetdMs,
    fleetctlMs: after.fleetctlMs - before.fleetctlMs,
    systemdMs: after.systemdMs - before.systemdMs,
    etcdMs: after.etcdMs - before.etcdMs,
    etcdRequests: after.etcdRequests - before.etcdRequests,
    systemctlCalls: after.systemctlCalls - before.systemctlCalls,
  };
}

type Usage = Omit<CommandCost, 'wallMs'>;

async function usage({ machines, etcd }: FleetCluster): Promise<Usage> {
  const requests = await etcd.requests();
  const calls = await Promise.all(machines.map((machine) => machine.systemctlCalls()));
  return {
    // With the programs that it starts.
    fleetdMs: await cpuOf(
      familyCpuMs,
      machines.map(({ programPid = 0 }) => programPid),
    ),
    // fleetctl is a child of this process, and has ended.
    fleetctlMs: await endedChildrenMs(process.pid),
    systemdMs: await cpuOf(
      ownCpuMs,
      machines.map(({ systemdPid }) => systemdPid),
    ),
    etcdMs: await cpuOf(ownCpuMs, etcd.pids),
    etcdRequests: sum([...requests.values()]),
    systemctlCalls: sum(calls),
  };
}

const restMs = 300;

/** Until no fleetd has used more than a tenth of a CPU for a moment. */
async function atRest({ machines }: FleetCluster): Promise<void> {
  const pids = machines.map(({ programPid = 0 }) => programPid);
  let before = await cpuOf(familyCpuMs, pids);
  await waitUntil({
    condition: 'fleetd has nothing to do',
    deadlineMs: 30_000,
    everyMs: restMs,
    next: 'npm run bench -- fleet',
    async check() {
      const now = await cpuOf(familyCpuMs, pids);
      const used = now - before;
      before = now;
      return used < (pids.length * restMs) / 10;
    },
  });
}

async function cpuOf(timeOf: (pid: number) => Promise<number>, pids: readonly number[]): Promise<number> {
  return sum(await Promise.all(pids.map((pid) => timeOf(pid))));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
