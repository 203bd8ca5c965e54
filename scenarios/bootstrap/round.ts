import { LabError } from '#errors/lab-error.ts';
import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import type { ScenarioContext } from '../scenario.ts';
import { containerStartedMs } from '../stack/container-start.ts';
import { eventsOf } from '../harness/record/events-of.ts';
import { answers, watchBucket } from './bucket-watch.ts';
import { startFirstUse } from './first-use/first-use-process.ts';
import { couchbasePorts } from '../harness/context/ports.ts';
import { couchbaseUnit, type SeenRound } from './phases.ts';

const key = serviceKey('couchbase', 1);

/**
 * Starts Couchbase and its sidekick on an empty cluster and watches them until the page's view has given a row, the way an app learns
 * of it: by the key. What only the journal knows is added afterwards (phases.ts).
 * @param args.files unit files as fleetctl takes them
 * @param args.bundle the client with the official SDK
 * @throws LabError `timeout.condition`, `timeout.couchbase`, `command.*`
 */
export async function watchBootstrap(
  context: Pick<ScenarioContext, 'lab' | 'until' | 'events'>,
  args: { files: readonly string[]; bundle: string },
): Promise<SeenRound> {
  const { lab, until, events } = context;
  const within = lab.config.timers.deployDeadlineMs;
  const client = await startFirstUse(args.bundle, within);
  let bucket: ReturnType<typeof watchBucket> | undefined;
  try {
    const askedMs = Date.now();
    const before = events.length;
    await lab.fleet.fleetctl('start', '--no-block', ...args.files);
    const target = await untilKnown(until, within, {
      name: 'Couchbase placed',
      read: () => lab.fleet.view.units.find(({ name }) => name === couchbaseUnit)?.target,
      missing: 'fleet has not placed it yet',
    });
    const machine = await lab.machine(target);
    const url = `http://${machine.address}:${couchbasePorts.rest}`;

    let answeredMs: number | undefined;
    const silent = async () => {
      if (await answers(url)) answeredMs = Date.now();
      return answeredMs === undefined ? `${machine.name} does not answer at ${couchbasePorts.rest}` : undefined;
    };
    await until({ name: `Couchbase answers at ${couchbasePorts.rest}`, missing: silent }, { within });
    bucket = watchBucket(url);

    const address = await untilKnown(until, within, {
      name: 'Couchbase registered',
      read: () => lab.fleet.view.keys[key],
      missing: `no key ${key} yet`,
    });
    const set = eventsOf(events.slice(before), 'key-set').find(({ data }) => data.key === key);
    const use = await client.use(`couchbase://${address}`);

    const warming = async () => (bucket?.readyMs === undefined ? 'the bucket is not healthy yet' : undefined);
    await until({ name: 'the bucket is ready', missing: warming }, { within });
    return {
      machine: machine.name,
      askedMs,
      endMs: Date.now(),
      answeredMs,
      bucketReadyMs: bucket.readyMs,
      keyMs: set?.wallMs,
      writtenMs: use.written,
      rowMs: use.row,
      containerStartedMs: await containerStartedMs(lab, machine.name, 'couchbase-1'),
    };
  } finally {
    bucket?.stop();
    client.stop();
  }
}

/**
 * Waits until something can be read, and reads it.
 * @param within ms
 * @throws LabError `timeout.condition`; `missing.target` when it was there and is not any more
 */
async function untilKnown(
  until: ScenarioContext['until'],
  within: number,
  what: { name: string; read: () => string | undefined; missing: string },
): Promise<string> {
  await until(
    { name: what.name, missing: async () => (what.read() === undefined ? what.missing : undefined) },
    { within },
  );
  const value = what.read();
  if (value !== undefined) return value;
  throw new LabError({
    code: 'missing.target',
    cause: `${what.name} held, and then no more: ${what.missing}`,
    next: 'lab fleetctl list-units',
  });
}
