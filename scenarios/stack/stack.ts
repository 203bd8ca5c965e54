import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { type ClusterView, runningOn } from '../harness/record/cluster-view.ts';
import type { Needs, ScenarioContext } from '../scenario.ts';

/** What deploying needs of a run. */
export type DeployContext = Pick<ScenarioContext, 'lab' | 'until' | 'note'>;

/** The chapter's twelve units, in the order its reader starts them. */
export const stackUnits = {
  couchbase: ['couchbase@1.service', 'couchbase-sidekick@1.service'],
  memcached: [1, 2, 3].map((n) => `memcached@${n}.service`),
  memcachedSidekicks: [1, 2, 3].map((n) => `memcached-sidekick@${n}.service`),
  worker: ['worker.service'],
  web: [1, 2, 3].map((n) => `web@${n}.service`),
} as const;

export const allUnits: readonly string[] = Object.values(stackUnits).flat();

/** One `fleetctl start` of the chapter's reader and what must be there after it. */
export interface StackLayer {
  readonly name: 'couchbase' | 'memcached' | 'worker' | 'web';
  /** As typed, after `fleetctl start`. */
  readonly files: readonly string[];
  readonly units: readonly string[];
  /** Discovery keys its sidekicks set. */
  readonly keys: readonly string[];
}

export const stackLayers: readonly StackLayer[] = [
  layer('couchbase', ['couchbase@1', 'couchbase-sidekick@1'], stackUnits.couchbase, [serviceKey('couchbase', 1)]),
  layer(
    'memcached',
    ['memcached@{1..3}', 'memcached-sidekick@{1..3}'],
    [...stackUnits.memcached, ...stackUnits.memcachedSidekicks],
    [1, 2, 3].map((n) => serviceKey('memcached', n)),
  ),
  layer('worker', ['worker'], stackUnits.worker, []),
  layer('web', ['web@{1..3}'], stackUnits.web, []),
];

function layer(
  name: StackLayer['name'],
  typed: readonly string[],
  units: readonly string[],
  keys: readonly string[],
): StackLayer {
  return { name, files: typed.map((unit) => `units/${unit}.service`), units, keys };
}

/** Brings the lab to what a scenario needs: the whole stack running, no unit at all, or as it is. */
export async function prepareStack(context: DeployContext, needed: Needs['stack']): Promise<void> {
  if (needed === 'deployed') await deployStack(context);
  if (needed === 'empty') await emptyStack(context);
}

/**
 * Types the chapter's commands and waits for each layer. Does and says nothing when the whole stack runs and is registered.
 * @throws LabError `timeout.condition` naming the units or keys that are missing
 */
export async function deployStack(context: DeployContext): Promise<void> {
  await firstLook(context);
  if (stackLayers.every((one) => waitingFor(context.lab.fleet.view, one) === undefined)) return;
  for (const one of stackLayers) await deployLayer(context, one);
}

/** Starts one layer and waits for it. Units of its names with other contents, left by an earlier run, are replaced. */
async function deployLayer(context: DeployContext, one: StackLayer): Promise<void> {
  await startLayer(context, one);
  await context.until(layerReady(context, one), { within: context.lab.config.timers.deployDeadlineMs });
}

/** Types the layer's command and does not wait. */
export async function startLayer({ lab }: Pick<DeployContext, 'lab'>, one: StackLayer): Promise<void> {
  const left = lab.fleet.view.units.some(({ name }) => one.units.includes(name));
  await lab.fleet.fleetctl('start', '--no-block', ...(left ? ['--replace'] : []), ...one.files);
}

/** Every unit of the layer runs on one machine, and its keys are there. */
export function layerReady({ lab }: Pick<DeployContext, 'lab'>, one: StackLayer): Condition {
  const running = lab.fleet.unitsRunning(one.units);
  return {
    name: one.keys.length === 0 ? running.name : `${running.name} and registered`,
    missing: async () => waitingFor(lab.fleet.view, one),
    ...(running.evidence === undefined ? {} : { evidence: () => running.evidence?.() ?? Promise.resolve([]) }),
  };
}

/** What a layer still lacks, in a few words; undefined when it is there. Pure. */
export function waitingFor(view: ClusterView, { units, keys }: Pick<StackLayer, 'units' | 'keys'>): string | undefined {
  const notRunning = units.filter((unit) => runningOn(view, unit) === undefined);
  const running = `${units.length - notRunning.length} of ${units.length} running`;
  if (notRunning.length === units.length && units.length > 1) return running;
  if (notRunning.length > 0) return `${running}; not yet: ${notRunning.join(', ')}`;
  const absent = keys.filter((key) => view.keys[key] === undefined);
  return absent.length === 0 ? undefined : `no key yet: ${absent.join(', ')}`;
}

/**
 * Destroys every unit of the cluster, the reader's own too, and waits until none runs and no discovery key is left.
 * Does and says nothing when there is none.
 */
export async function emptyStack(context: DeployContext): Promise<void> {
  const { lab } = context;
  await firstLook(context);
  const names = lab.fleet.view.units.map(({ name }) => name);
  if (names.length > 0) await lab.fleet.fleetctl('destroy', ...names);
  if (leftOver(lab.fleet.view) === undefined) return;
  const within = lab.config.timers.deployDeadlineMs;
  await context.until(
    { name: 'no unit and no discovery key left', missing: async () => leftOver(lab.fleet.view) },
    { within },
  );
}

/** What is still there of a stack that was destroyed; undefined when nothing is. Pure. */
export function leftOver(view: ClusterView): string | undefined {
  const left = [...view.units.map(({ name }) => name), ...Object.keys(view.keys)];
  return left.length === 0 ? undefined : `still there: ${left.join(', ')}`;
}

/** Before the first look nothing is known of the cluster: it would seem empty. */
async function firstLook({ lab, until }: DeployContext): Promise<void> {
  const { stretch, timers } = lab.config;
  const looked = () => lab.fleet.view.machines.length > 0;
  if (looked()) return;
  const missing = async () => (looked() ? undefined : 'fleet has not said yet which machines there are');
  // `until` stretches it by itself.
  await until({ name: 'a first look at the cluster', missing }, { within: timers.readyDeadlineMs / stretch });
}
