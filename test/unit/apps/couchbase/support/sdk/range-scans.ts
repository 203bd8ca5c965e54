import type { EventEmitter } from 'node:events';
import couchbase, {
  type Collection,
  type RangeScan,
  type SamplingScan,
  type PrefixScan,
  type ScanOptions,
} from 'couchbase';
import type { Scenario } from './context.ts';

type Scan = RangeScan | SamplingScan | PrefixScan;

const { MutationState, PrefixScan: Prefix, RangeScan: Range, SamplingScan: Sampling, ScanTerm } = couchbase;

export const rangeScans: Scenario = async (context) => {
  const cluster = await context.connect();
  const bucket = cluster.bucket('default');
  await bucket.collections().createCollection('scanned', '_default');
  for (const [name, collection] of [
    ['default', bucket.defaultCollection()],
    ['named', bucket.collection('scanned')],
  ] as const)
    await scanOne(collection, (step, action) => context.step(`${name}: ${step}`, action));
  await cluster.close();
};

async function scanOne(
  collection: Collection,
  step: (name: string, action: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const written = await Promise.all(
    Array.from({ length: 100 }, async (_, index) =>
      collection.upsert(`d::${index}`, { id: `d::${index}` }, { expiry: 5000 }),
    ),
  );
  await collection.upsert('e', 'not among them');
  const consistentWith = new MutationState(...written.flatMap(({ token }) => (token === undefined ? [] : [token])));
  const ids = async (scan: Scan, options: ScanOptions = {}) =>
    (await collection.scan(scan, options)).map(({ id }) => id).sort();
  const count = async (scan: Scan, options: ScanOptions = {}) => (await ids(scan, options)).length;
  const from1to2 = new Range(new ScanTerm('d::1'), new ScanTerm('d::2'));

  await step('range', () => ids(from1to2, { consistentWith }));
  await step('range without its ends', () => count(new Range(new ScanTerm('d::1', true), new ScanTerm('d::2', true))));
  const mine = (found: string[]) => found.filter((id) => id === 'e' || id.startsWith('d::')).length;
  await step('everything', async () => mine(await ids(new Range())));
  await step('prefix', () => count(new Prefix('d::')));
  await step('nothing', () => count(new Prefix('zzz')));
  await step('contents', async () => {
    const rows = await collection.scan(new Prefix('d::'));
    return rows.every(
      (row) => (row.content as { id: string }).id === row.id && row.cas !== undefined && row.expiryTime !== undefined,
    );
  });
  await step('only ids', async () =>
    (await collection.scan(new Prefix('d::1'), { idsOnly: true })).every((row) => row.content === undefined),
  );
  await step('batches of 1 byte', () => count(new Prefix('d::'), { batchByteLimit: 1 }));
  await step('batches of any size', () => count(new Prefix('d::'), { batchByteLimit: 0, batchItemLimit: 0 }));
  await step('128 at once', () => count(from1to2, { concurrency: 128 }));
  await step('sample', () => count(new Sampling(10), { idsOnly: true }));
  await step('the same sample', async () => {
    const [one, other] = [await ids(new Sampling(10, 50)), await ids(new Sampling(10, 50))];
    return one.length === 10 && one.every((id, index) => id === other[index]);
  });
  await step('sample of more than there is', async () => mine(await ids(new Sampling(5000, 1))));
  await step('sample of none', () => count(new Sampling(0)));
  await step('cancelled', () => cancelAfter(collection, 5));
}

/** Stops a scan after some results, and tells how many came. */
function cancelAfter(collection: Collection, most: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    // The types of 4.7.1 leave out that the promise streams, as its manual has it.
    const stream = collection.scan(new Prefix('d::'), { idsOnly: true }) as unknown as EventEmitter & {
      cancelStreaming(): void;
    };
    stream.on('result', () => {
      seen += 1;
      if (seen === most) stream.cancelStreaming();
    });
    stream.on('end', () => resolve(seen));
    stream.on('error', reject);
  });
}
