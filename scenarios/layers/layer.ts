import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import { shippedRestartMs } from '../harness/prediction/stated-timers.ts';
import type { Prediction } from '../harness/record/run-report.ts';

export const layerNames = [
  'memcached',
  'web',
  'worker',
  'couchbase',
  'sidekick',
  'flanneld',
  'fleetd',
  'dockerd',
  'etcd',
] as const;

/** One layer of the stack: what of it is killed, and what systemd promises for it. */
export interface Layer {
  readonly name: string;
  /** As a person says it: `the container of memcached@1`. */
  readonly what: string;
  /** Role of the machine it is killed on (see targets.ts), or the unit whose machine it is. */
  readonly on: { readonly unit: string } | { readonly role: string } | { readonly without: string };
  /** The systemd unit that must run again. */
  readonly unit: string;
  /** The discovery key that announces it. */
  readonly key?: string;
  /** Kills it on that machine by the run's faults, which undo it. */
  kill(context: ScenarioContext, machine: string): Promise<ActiveFault>;
  /** From the fault until the unit runs again. */
  readonly restart: Prediction;
}

const couchbase = 'couchbase@1.service';

/** Every layer, from the outermost container to the store everything stands on. Times from the units' RestartSec. */
export const layers: readonly Layer[] = [
  {
    ...container('memcached', 'memcached@1', 'memcached-1', serviceKey('memcached', 1)),
    restart: restart('memcached@.service', 300, 6_000, 'docker run'),
  },
  { ...container('web', 'web@1', 'web-1'), restart: restart('web@.service', 300, 6_000, 'docker run') },
  { ...container('worker', 'worker', 'worker'), restart: restart('worker.service', 300, 6_000, 'docker run') },
  {
    ...container('couchbase', 'couchbase@1', 'couchbase-1', serviceKey('couchbase', 1)),
    restart: restart('couchbase@.service', 1_000, 15_000, 'docker run, cluster-init and bucket-create'),
  },
  {
    name: 'sidekick',
    what: 'the announcing loop of memcached-sidekick@2',
    on: { unit: 'memcached-sidekick@2.service' },
    unit: 'memcached-sidekick@2.service',
    key: serviceKey('memcached', 2),
    kill: (context, machine) => context.fault.kill(machine, 'memcached-sidekick@2'),
    restart: restart('memcached-sidekick@.service', 50, 3_000, 'etcdctl rm of the old key'),
  },
  {
    ...daemon(
      'flanneld',
      'flanneld',
      { without: couchbase },
      restart('flanneld.service', 200, 5_000, 'lease taken up again'),
    ),
    what: 'flanneld of a machine without Couchbase',
  },
  {
    ...daemon('fleetd', 'fleet', { role: 'engine leader' }, restart('fleet.service', 200, 5_000, 'start of fleetd')),
    what: 'fleetd of the machine whose engine leads',
  },
  {
    ...daemon('dockerd', 'docker', { without: couchbase }, restart('docker.service', 300, 15_000, 'start of dockerd')),
    what: 'dockerd of a machine without Couchbase',
  },
  {
    ...daemon(
      'etcd',
      'etcd',
      { role: 'etcd leader' },
      restart('etcd.service', 100, 5_000, 'start of etcd, joining its cluster'),
    ),
    what: 'the etcd member that leads',
  },
];

function container(name: string, unit: string, containerName: string, key?: string): Omit<Layer, 'restart'> {
  return {
    name,
    what: `the container of ${unit}`,
    on: { unit: `${unit}.service` },
    unit: `${unit}.service`,
    ...(key === undefined ? {} : { key }),
    kill: (context, machine) => context.fault.killContainer(machine, containerName),
  };
}

function daemon(name: string, unit: string, on: Layer['on'], predicted: Prediction): Omit<Layer, 'what'> {
  return {
    name,
    on,
    unit: `${unit}.service`,
    restart: predicted,
    kill: (context, machine) => context.fault.kill(machine, unit),
  };
}

function restart(unit: keyof typeof shippedRestartMs, leastMs: number, mostMs: number, start: string): Prediction {
  const restartMs = shippedRestartMs[unit];
  const terms = `RestartSec ${statedSeconds(restartMs)} + ${start}`;
  return { minMs: restartMs + leastMs, maxMs: restartMs + mostMs, terms };
}
