import type { Collection } from 'couchbase';
import { serviceDirectory } from '#platform/etcd/keys/service-keys.ts';
import type { ReadBack } from '../record/run-record.ts';
import { CouchbaseLink, nameOf } from './couchbase-link.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { Questions } from './questions.ts';
import type { Service, Services } from './services.ts';

/** Seconds; what a run that was killed left behind goes by itself. */
const expirySeconds = 7_200;
const atOnce = 64;

/**
 * Stores unique documents in the bucket `default` through the official SDK, at the address announced as couchbase/1. They
 * have no `event_id`, so the page's view passes them over.
 */
export async function couchbaseProbe(context: ProbeContext, services: Services): Promise<Probe> {
  const { settings, clock, report } = context;
  const { deadlineMs, runId } = settings;
  const questions = new Questions({ probe: 'couchbase', deadlineMs, clock, report });
  // Its native module is not there for every platform; then the other probes still run.
  const sdk = await import('couchbase').catch((error: unknown) => nameOf(error));
  const link = typeof sdk === 'string' ? undefined : new CouchbaseLink(sdk, clock);
  const acknowledged: string[] = [];
  let server: Service | undefined;
  let count = 0;

  const trouble = (): string | undefined => {
    if (typeof sdk === 'string') return `the couchbase SDK does not load: ${sdk}`;
    return server === undefined ? `no address under ${serviceDirectory('couchbase')} was ever found` : undefined;
  };
  return {
    name: 'couchbase',
    trouble,
    ask: () => {
      questions.expire();
      // A Couchbase that is announced no more may still answer: its last address is kept until another is announced.
      server = services.of('couchbase')[0] ?? server;
      if (server === undefined || link === undefined) return;
      const collection = link.collection(addressOf(server));
      if (collection === undefined && link.arriving) return;
      const { machine } = server;
      const about = { ...(machine !== undefined && { machine }), target: addressOf(server) };
      const question = questions.begin(about, () => undefined);
      if (collection === undefined) return question.failed(link.error);
      count += 1;
      const key = `lab-probe:${runId}:${count}`;
      collection.upsert(key, { probe: runId, count }, { timeout: deadlineMs, expiry: expirySeconds }).then(
        () => {
          link.good();
          if (question.ok({ key })) acknowledged.push(key);
        },
        (error: unknown) => question.failed(nameOf(error)),
      );
    },
    finish: () => questions.finish(),
    disconnect: (reason) => {
      questions.abandon(reason);
      link?.close();
    },
    readBack: async (deadlineMs) => {
      if (server === undefined || link === undefined) throw new Error(trouble());
      const [at, address] = [link, addressOf(services.of('couchbase')[0] ?? server)];
      const collection = await connected(
        () => at.collection(address),
        context,
        Math.min(deadlineMs, connectDeadlineMs),
      );
      return readBackDocuments(collection, acknowledged, deadlineMs, clock);
    },
  };
}

/** A server that is there answers well within this, ms. */
const connectDeadlineMs = 10_000;

function addressOf({ host, port }: Service): string {
  return port === undefined ? host : `${host}:${port}`;
}

async function connected(
  open: () => Collection | undefined,
  { clock }: ProbeContext,
  deadlineMs: number,
): Promise<Collection> {
  for (const endAt = clock.now() + deadlineMs; clock.now() < endAt;) {
    const collection = open();
    if (collection !== undefined) return collection;
    await new Promise((wake) => void clock.after(50, () => wake(0)));
  }
  throw new Error(`couchbase did not answer within ${deadlineMs} ms`);
}

/** Looks for each document and removes it. Rejects when some look gets no answer before the deadline. */
async function readBackDocuments(
  collection: Collection,
  keys: readonly string[],
  deadlineMs: number,
  clock: ProbeContext['clock'],
): Promise<ReadBack> {
  const endAt = clock.now() + deadlineMs;
  const lost: string[] = [];
  for (let from = 0; from < keys.length; from += atOnce) {
    const timeout = endAt - clock.now();
    if (timeout <= 0) throw new Error(`${keys.length} documents could not be read within ${deadlineMs} ms`);
    const looks = keys.slice(from, from + atOnce).map(async (key) => {
      if ((await collection.exists(key, { timeout })).exists) await collection.remove(key, { timeout });
      else lost.push(key);
    });
    await Promise.all(looks);
  }
  return { probe: 'couchbase', wallMs: clock.wall(), acknowledged: keys.length, lost };
}
