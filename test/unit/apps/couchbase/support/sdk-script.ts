/**
 * The official SDK against the server, in a process of its own: a malformed answer aborts the SDK's process, and the test must
 * survive to say so. Prints one JSON object: step -> what it gave, or the name of the error class.
 */
import couchbase from 'couchbase';

const [port = '', scenario = ''] = process.argv.slice(2);
const results: Record<string, unknown> = {};

async function step(name: string, action: () => Promise<unknown>): Promise<void> {
  try {
    results[name] = (await action()) ?? 'done';
  } catch (error) {
    results[name] = error instanceof Error ? error.constructor.name : String(error);
  }
}

const connect = (username: string, password: string) =>
  couchbase.connect(`couchbase://127.0.0.1:${port}`, { username, password });

async function documents(): Promise<void> {
  await step('wrong password', () => connect('Administrator', 'Password2'));
  await step('wrong user', () => connect('nobody', 'Password1'));
  const cluster = await connect('Administrator', 'Password1');
  const collection = cluster.bucket('default').defaultCollection();
  const binary = collection.binary();
  const content = async (key: string) => (await collection.get(key)).content as unknown;

  await step('upsert', async () => (await collection.upsert('a', { n: 1, text: 'grüße' })).cas.toString() !== '0');
  await step('get', () => content('a'));
  await step('get missing', () => content('nope'));
  await step('insert', async () => void (await collection.insert('b', [1, 2])));
  await step('insert again', () => collection.insert('b', 1));
  await step('replace', async () => void (await collection.replace('b', [3])));
  await step('replaced', () => content('b'));
  await step('replace missing', () => collection.replace('nope', 1));
  const { cas } = await collection.get('a');
  await step('replace with CAS', async () => void (await collection.replace('a', 2, { cas })));
  await step('replace with old CAS', () => collection.replace('a', 3, { cas }));
  await step('remove with old CAS', () => collection.remove('a', { cas }));
  await step('counter created', async () => (await binary.increment('c', 5, { initial: 10 })).value);
  await step('counter up', async () => (await binary.increment('c', 5)).value);
  await step('counter down to 0', async () => (await binary.decrement('c', 100)).value);
  await step('counter of text', () => binary.increment('b', 1));
  await step('append', async () => void (await binary.append('c', '7')));
  await step('prepend', async () => void (await binary.prepend('c', '1')));
  await step('appended', () => content('c'));
  await step('append missing', () => binary.append('nope', 'x'));
  await step('exists', async () => (await collection.exists('a')).exists);
  await step('touch', async () => void (await collection.touch('a', 60)));
  await step('get and touch', async () => (await collection.getAndTouch('a', 60)).content as unknown);
  await step('text', async () => void (await collection.upsert('t', 'plain text')));
  await step('text read', () => content('t'));
  await step('bytes', async () => void (await collection.upsert('raw', Buffer.from([0, 255, 1]))));
  await step('bytes read', async () => ((await content('raw')) as Buffer).toString('hex'));
  await step('remove', async () => void (await collection.remove('a')));
  await step('removed', () => content('a'));
  await step('value over 20 MiB', () => collection.upsert('huge', 'x'.repeat(21 * 1024 * 1024), { timeout: 10_000 }));
  await step('durable write with one replica', () => collection.upsert('d', 1, { durabilityLevel: 1 }));
  await step('concurrent', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, index) => collection.upsert(`many-${index}`, index)));
    const read = await Promise.all(Array.from({ length: 300 }, (_, index) => content(`many-${index}`)));
    return read.every((value, index) => value === index);
  });
  await step('ping', async () => (await cluster.ping()).services['kv']?.[0]?.state);
  await cluster.close();
}

async function views(): Promise<void> {
  const cluster = await connect('Administrator', 'Password1');
  const bucket = cluster.bucket('default');
  const map = 'function (doc, meta) { if (doc.event_id) { emit(doc.event_id, doc.event_name); } }';
  const design = (view: { map: string; reduce?: string }) =>
    new couchbase.DesignDocument({ name: 'ddocid', views: { by_id: new couchbase.DesignDocumentView(view) } });
  const indexes = bucket.viewIndexes();
  const production = couchbase.DesignDocumentNamespace.Production;
  const fresh = { scanConsistency: couchbase.ViewScanConsistency.RequestPlus };
  const keys = async (options: couchbase.ViewQueryOptions) =>
    (await bucket.viewQuery('ddocid', 'by_id', { ...fresh, ...options })).rows.map((row) => row.key as unknown);

  await step('query before design', () => keys({}));
  await step('publish', () => indexes.upsertDesignDocument(design({ map }), production));
  await step('publish nonsense', () => indexes.upsertDesignDocument(design({ map: 'function (' }), production));
  await step(
    'read design',
    async () => (await indexes.getDesignDocument('ddocid', production)).views['by_id']?.map === map,
  );
  await step('list designs', async () => (await indexes.getAllDesignDocuments(production)).map(({ name }) => name));
  for (let id = 101; id <= 125; id++) {
    await bucket.defaultCollection().upsert(`rsvp-${id}`, { event_id: String(id), event_name: `Event ${id}` });
  }
  await bucket.defaultCollection().upsert('other', { no: 'event' });
  await step('newest 10', async () => {
    const options = { ...fresh, order: couchbase.ViewOrdering.Descending, limit: 10 };
    const { rows, meta } = await bucket.viewQuery<string, string>('ddocid', 'by_id', options);
    return { total: meta.totalRows, rows: rows.map(({ id, key, value }) => `${id} ${String(key)} ${value}`) };
  });
  await step('range', () => keys({ range: { start: '103', end: '105', inclusiveEnd: false } }));
  await step('keys', () => keys({ keys: ['120', '110', 'none'] }));
  await step('skip', () => keys({ skip: 23 }));
  await step('count', async () => {
    await indexes.upsertDesignDocument(design({ map, reduce: '_count' }), production);
    return (await bucket.viewQuery('ddocid', 'by_id', fresh)).rows;
  });
  await step('drop', () => indexes.dropDesignDocument('ddocid', production));
  await step('read dropped', () => indexes.getDesignDocument('ddocid', production));
  await cluster.close();
}

async function unsupported(): Promise<void> {
  const cluster = await connect('Administrator', 'Password1');
  const bucket = cluster.bucket('default');
  const collection = bucket.defaultCollection();
  await collection.upsert('s', { n: 1 });
  await step('lookupIn', () => collection.lookupIn('s', [couchbase.LookupInSpec.get('n')]));
  await step('mutateIn', () => collection.mutateIn('s', [couchbase.MutateInSpec.upsert('n', 2)]));
  await step('getAndLock', () => collection.getAndLock('s', 5));
  await step('scan', async () => await collection.scan(new couchbase.RangeScan()));
  await step('scope', () => bucket.scope('x').collection('y').get('s'));
  await step('create scope', () => bucket.collections().createScope('s'));
  await step('users', () => cluster.users().getAllUsers());
  await step('query', () => cluster.query('SELECT 1'));
  await step('buckets', async () => (await cluster.buckets().getAllBuckets()).map(({ name }) => name));
  await step('still alive', async () => (await collection.get('s')).content as unknown);
  await cluster.close();
}

/** Waits for the parent to restart the server at the same address, then writes with the same Cluster object. */
async function restart(): Promise<void> {
  const cluster = await connect('Administrator', 'Password1');
  const collection = cluster.bucket('default').defaultCollection();
  await collection.upsert('before', 1);
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const deadline = Date.now() + 12_000;
  while (results['written'] !== true && Date.now() < deadline) {
    await step('written', async () => (await collection.upsert('after', 1)) !== undefined);
  }
  await step('read old', () => collection.get('before'));
  await step('read new', async () => (await collection.get('after')).content as unknown);
  await cluster.close();
  process.stdin.unref();
}

const scenarios: Readonly<Record<string, () => Promise<void>>> = { documents, views, unsupported, restart };

async function main(): Promise<void> {
  await scenarios[scenario]?.();
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

void main();
