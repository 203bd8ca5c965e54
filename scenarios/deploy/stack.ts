import type { ScenarioContext } from '../scenario.ts';

/** The chapter's twelve units, in the order its reader starts them. */
export const stackUnits = {
  couchbase: ['couchbase@1.service', 'couchbase-sidekick@1.service'],
  memcached: [1, 2, 3].map((n) => `memcached@${n}.service`),
  memcachedSidekicks: [1, 2, 3].map((n) => `memcached-sidekick@${n}.service`),
  worker: ['worker.service'],
  web: [1, 2, 3].map((n) => `web@${n}.service`),
} as const;

export const allUnits: readonly string[] = Object.values(stackUnits).flat();

/** Types the chapter's commands and waits for each layer; on a deployed stack every step is a no-op. */
export async function deployStack(context: ScenarioContext): Promise<void> {
  const withinMs = context.lab.config.timers.deployDeadlineMs;
  const steps: { type: readonly string[]; units: readonly string[] }[] = [
    { type: ['couchbase@1', 'couchbase-sidekick@1'], units: stackUnits.couchbase },
    {
      type: ['memcached@{1..3}', 'memcached-sidekick@{1..3}'],
      units: [...stackUnits.memcached, ...stackUnits.memcachedSidekicks],
    },
    { type: ['worker'], units: stackUnits.worker },
    { type: ['web@{1..3}'], units: stackUnits.web },
  ];
  for (const { type, units } of steps) {
    await context.fleetctl('start', '--no-block', ...type.map((unit) => `units/${unit}.service`));
    await context.until(context.cluster.unitsRunning(units), withinMs);
  }
  await context.until(keysRegistered(context), withinMs);
}

function keysRegistered(context: ScenarioContext) {
  const wanted = ['/services/couchbase/1', ...[1, 2, 3].map((n) => `/services/memcached/${n}`)];
  return {
    name: 'Couchbase and three memcached registered under /services',
    missing: async () => {
      const absent = wanted.filter((key) => context.cluster.view.keys[key] === undefined);
      return absent.length === 0 ? undefined : `no key yet: ${absent.join(', ')}`;
    },
  };
}
