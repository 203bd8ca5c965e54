/**
 * The SDK of the book's days, in a process of its own, taken from the directory that is the first argument. Prints one JSON object: step ->
 * what it gave, or the error's code.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** As much of couchbase 2.6 as is used here. It has no types of its own. */
interface Sdk2 {
  readonly Cluster: new (connection: string) => {
    authenticate(user: string, password: string): void;
    openBucket(name: string, password: string, done: (error: SdkError | null) => void): Bucket;
  };
  readonly ViewQuery: {
    readonly Update: { readonly BEFORE: number };
    from(design: string, view: string): ViewQuery;
  };
}
interface ViewQuery {
  stale(update: number): ViewQuery;
  range(start: string, end: string): ViewQuery;
}
interface SdkError extends Error {
  readonly code?: number;
}
type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type Bucket = Methods & { manager(): Methods };

const [dir = '', connection = '', user = '', password = '', bucketPassword = ''] = process.argv.slice(2);
const couchbase = createRequire(join(dir, 'x'))('couchbase') as Sdk2;
const results: Record<string, unknown> = {};

/** Calls a method that takes a callback at its end, and notes what `shown` makes of what it gave, or the error. */
function step(
  name: string,
  target: Methods,
  method: string,
  args: readonly unknown[],
  shown: (value: unknown) => unknown = () => 'done',
): Promise<void> {
  return new Promise((resolve) => {
    target[method]?.call(target, ...args, (error: SdkError | null, value: unknown) => {
      results[name] = error === null || error === undefined ? shown(value) : (error.code ?? error.name);
      resolve();
    });
  });
}

const value = (given: unknown) => (given as { value: unknown }).value;

async function work(bucket: Bucket): Promise<void> {
  const manager = bucket.manager();
  await step('flush', manager, 'flush', []);
  await step('upsert', bucket, 'upsert', ['rsvp-1', { event_id: '7', member: 'Ann' }]);
  await step('get', bucket, 'get', ['rsvp-1'], value);
  await step('get missing', bucket, 'get', ['none']);
  await step('insert again', bucket, 'insert', ['rsvp-1', 1]);
  await step('replace with another CAS', bucket, 'replace', ['rsvp-1', 1, { cas: '1' }]);
  await step('counter', bucket, 'counter', ['hits', 1, { initial: 5 }], value);
  await step('append', bucket, 'append', ['hits', '1']);
  await step('appended', bucket, 'get', ['hits'], value);
  await step('touch', bucket, 'touch', ['hits', 60]);
  await step('remove', bucket, 'remove', ['hits']);
  const map = 'function (doc, meta) { if (doc.event_id) { emit(doc.event_id, doc.member); } }';
  await step('design', manager, 'upsertDesignDocument', ['rsvps', { views: { by_event: { map } } }]);
  await step('designs', manager, 'getDesignDocuments', [], (all) => Object.keys(all as object));
  const { ViewQuery } = couchbase;
  const query = ViewQuery.from('rsvps', 'by_event').stale(ViewQuery.Update.BEFORE).range('6', '8');
  await step('view', bucket, 'query', [query], (rows) => rows);
  await step('no view', bucket, 'query', [ViewQuery.from('rsvps', 'none')]);
  await step('drop design', manager, 'removeDesignDocument', ['rsvps']);
}

async function main(): Promise<void> {
  const cluster = new couchbase.Cluster(connection);
  if (user !== '') cluster.authenticate(user, password);
  const { bucket, error } = await new Promise<{ bucket: Bucket; error: SdkError | null }>((resolve) => {
    const opening = cluster.openBucket('default', bucketPassword, (failure) =>
      resolve({ bucket: opening, error: failure }),
    );
  });
  results['open'] = error === null || error === undefined ? 'done' : error.code;
  if (results['open'] === 'done') await work(bucket);
  process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));
}

void main();
