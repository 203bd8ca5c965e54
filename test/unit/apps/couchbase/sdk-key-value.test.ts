import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, type Bundles } from './support/bundles.ts';
import { administrator, ask } from './support/rest.ts';
import { sdkResults } from './support/sdk-results.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';
import { setUp } from './support/set-up.ts';

/* Key-value as the official SDK 4.7.1 sees it: what each step gave, or the class of its error. */

let bundles: Bundles;
let server: ServerProcess;

beforeAll(async () => {
  bundles = await bundle();
  server = await startServerProcess(bundles.server);
  await setUp(server.ports.mgmt, 900);
  for (const [name, bucketType, replicaNumber, durabilityMinLevel] of [
    ['default', 'couchbase', '0', 'none'],
    ['alone', 'couchbase', '0', 'none'],
    ['ephemeral', 'ephemeral', '0', 'none'],
    ['replicated', 'couchbase', '1', 'none'],
    ['durable', 'couchbase', '0', 'persistToMajority'],
    ['impossible', 'couchbase', '1', 'majority'],
  ] as const) {
    const ramQuotaMB = name === 'default' ? '300' : '100';
    const form = { name, bucketType, replicaNumber, durabilityMinLevel, ramQuotaMB };
    const { status } = await ask(server.ports.mgmt, 'POST', '/pools/default/buckets', { auth: administrator, form });
    expect(status).toBe(202);
  }
});
afterAll(async () => {
  await server.stop();
  await bundles.remove();
});

const run = (scenario: string) => sdkResults(server.ports.kv, scenario);

test('sub-document lookups', async () => {
  expect(await run('subdocumentLookups')).toEqual({
    values: ['grüße', 2, true, null],
    'quoted names': ['x', 'y'],
    'there or not': [true, false, false],
    counts: [3, 0, 7, 'PathMismatchError'],
    'whole document': 1,
    'no such path': ['PathNotFoundError', 'PathNotFoundError', 'PathNotFoundError'],
    'wrong type': ['PathMismatchError', 'PathMismatchError', 'PathMismatchError'],
    'no path': ['PathInvalidError', 'PathInvalidError', 'PathInvalidError', 'PathInvalidError'],
    '33 components': ['PathTooBigError'],
    '1,025 bytes': 'InvalidArgumentError',
    '17 paths': 'InvalidArgumentError',
    '16 paths': 16,
    text: ['DocumentNotJsonError'],
    missing: 'DocumentNotFoundError',
    'nested 33 deep': ['PathTooDeepError'],
    projection: { text: 'grüße', list: [1] },
    'with expiry': true,
  });
});

test('sub-document mutations', async () => {
  const original = { n: 1, list: [1, 2], o: { a: 1, b: 2, c: 3 }, text: 'x' };
  const but = (change: object) => Object.assign(structuredClone(original), change);
  expect(await run('subdocumentMutations')).toEqual({
    upsert: but({ n: 'grüße', new: { deep: [1] } }),
    insert: but({ o: { a: 1, b: 2, c: 3, d: 4 } }),
    'insert what is there': 'PathExistsError',
    replace: but({ list: ['first', 2], o: { a: 9, b: 2, c: 3 } }),
    'replace what is not there': 'PathNotFoundError',
    remove: but({ list: [1], o: { a: 1, c: 3 } }),
    'remove first and last': { list: [1, 2], o: { b: 2 } },
    'remove what is not there': 'PathNotFoundError',
    'whole body': { all: 'new' },
    'parents missing': 'PathNotFoundError',
    'parents made': but({ p: { q: { r: 1 } } }),
    'into a text': 'PathMismatchError',
    'an index as a name': 'PathInvalidError',
    append: but({ list: [1, 2, 3, 4, 5] }),
    prepend: but({ list: [[[7]], 0, 1, 2] }),
    'insert into an array': but({ list: [1, 'mid', 2, 'end'] }),
    'insert behind an array': 'PathNotFoundError',
    'insert before the last': 'PathInvalidError',
    'append to an object': 'PathMismatchError',
    'append to nothing': 'PathNotFoundError',
    'append, made': but({ no: { yet: [1] } }),
    unique: but({ list: [1, 2, 3] }),
    'unique, there': 'PathExistsError',
    'unique, an object': 'ValueInvalidError',
    count: but({ n: 42, o: { a: -9, b: 2, c: 3 }, made: 5 }),
    'count a text': 'PathMismatchError',
    'count by nothing': 'DeltaInvalidError',
    'second path fails': 'PathNotFoundError',
    '17 paths': 'InvalidArgumentError',
    'answers of counters': [null, 2],
    '64 bits': '{"n":9223372036854775807,"untouched": 12345678901234567890 }',
    'over 64 bits': 'ValueInvalidError',
    'with CAS': 'done',
    'with old CAS': 'CasMismatchError',
    missing: 'DocumentNotFoundError',
    'upsert makes it': { a: { b: 1 } },
    'an array made': [1],
    'insert makes it': { a: 1 },
    'insert again': 'DocumentExistsError',
  });
});

test('extended attributes, macros and tombstones', async () => {
  expect(await run('xattrs')).toMatchObject({
    'attributes beside the body': [{ deep: 1 }, 's', false, ['mine', '_sys']],
    'the body alone': { body: false },
    // The SDK puts attributes first by itself.
    'attribute behind the body': { content: [{}, {}] },
    macros: { cas: true, seqno: true, crc: true },
    'virtual attributes': {
      datatype: ['raw'],
      flags: 0x0400_0004,
      // CRC-32C of "plain text", computed in Python by its definition.
      crc: '0xd164c4d7',
      about: true,
      modified: true,
      others: [false, 10, '1', 'real', 'Error'],
    },
    'virtual attributes are not written': 'Error',
    '17 letters': 'InvalidArgumentError',
    'attributes make a document': {},
    'a whole value leaves those of the system': [['_sys']],
    'so does the end of the document': [['s'], true, 'PathNotFoundError'],
    'which is gone for others': 'DocumentNotFoundError',
    'and has no attributes when it is made anew': [[], expect.stringMatching(/^\d+$/)],
  });
});

test('locks', async () => {
  // The SDK asks again until its time is over.
  const asks = 'AmbiguousTimeoutError';
  expect(await run('locks')).toEqual({
    'locked under another CAS': true,
    content: 1,
    get: 1,
    'readers get no CAS to write with': '18446744073709551615',
    exists: true,
    'lock again': asks,
    upsert: asks,
    'replace with the CAS of before': asks,
    remove: asks,
    touch: asks,
    append: asks,
    count: asks,
    insert: 'DocumentExistsError',
    'unlock with another CAS': 'CasMismatchError',
    'replace with its CAS': 'done',
    'which unlocks': 'done',
    'unlock what is not locked': 'DocumentNotLockedError',
    'unlock what is not there': 'DocumentNotFoundError',
    'lock what is not there': 'DocumentNotFoundError',
    'lock and unlock': 4,
    'remove with its CAS': 'done',
    'a lock ends by itself': 2,
  });
});

test('scopes and collections', async () => {
  const { 'read what was dropped': dropped, ...others } = await run('collections');
  // Depends on whether the SDK still has the collection's id.
  expect(['CollectionNotFoundError', 'UnambiguousTimeoutError']).toContain(dropped);
  expect(others).toEqual({
    'at first': [['_default', ['_default']]],
    'create scope': 'done',
    'create scope again': 'ScopeExistsError',
    'scope of a wrong name': 'InvalidArgumentError',
    'create collection': 'done',
    'create collection again': 'CollectionExistsError',
    'create collection in no scope': 'ScopeNotFoundError',
    'create collection that forgets': 'done',
    'create collection beside the default': 'done',
    now: [
      ['orders', 0],
      ['short', 900],
    ],
    write: 'done',
    'write the same key elsewhere': 'done',
    read: { of: 'orders' },
    'count, lock, look': ['orders', true],
    'beside the default': 1,
    'a document that is forgotten': 9,
    'another life time': 30,
    'update no collection': 'CollectionNotFoundError',
    // The SDK takes it for a collection that it has not heard of yet, and asks again until its time is over.
    'no such collection': 'UnambiguousTimeoutError',
    'no such scope': 'ScopeNotFoundError',
    'drop collection': 'done',
    'drop collection again': 'CollectionNotFoundError',
    'make it again': false,
    'drop scope': 'done',
    'drop scope again': 'ScopeNotFoundError',
    'drop the default scope': 'UnsupportedOperationError',
    'the default is as it was': { of: 'default' },
  });
});

test('range scans, of the default collection and of another', async () => {
  const found = {
    range: ['d::1', ...Array.from({ length: 10 }, (_, index) => `d::1${index}`), 'd::2'],
    'range without its ends': 10,
    everything: 101,
    prefix: 100,
    nothing: 0,
    contents: true,
    'only ids': true,
    'batches of 1 byte': 100,
    'batches of any size': 100,
    '128 at once': 12,
    sample: 10,
    'the same sample': true,
    'sample of more than there is': 101,
    'sample of none': 'InvalidArgumentError',
    cancelled: 5,
  };
  const ofBoth = ['default', 'named'].flatMap((name) =>
    Object.entries(found).map(([step, value]) => [`${name}: ${step}`, value]),
  );
  expect(await run('rangeScans')).toEqual(Object.fromEntries(ofBoth));
});

test('durability levels: what one node can promise', async () => {
  const [others, persisted] = [
    ['Majority', 'every kind of write'],
    ['MajorityAndPersistOnMaster', 'PersistToMajority'],
  ] as const;
  const steps = (bucket: string, names: readonly string[], result: string) =>
    names.map((name) => [`${bucket}: ${name}`, result]);
  expect(await run('durability')).toEqual(
    Object.fromEntries([
      ...steps('alone', [...others, ...persisted], 'done'),
      ...steps('ephemeral', others, 'done'),
      ...steps('ephemeral', persisted, 'DurabilityLevelNotAvailableError'),
      ...steps('replicated', [...others, ...persisted], 'DurabilityImpossibleError'),
      ...['alone', 'ephemeral', 'replicated'].map((bucket) => [
        `${bucket}: persisted to one, as clients of 6.5 ask`,
        'done',
      ]),
      ['durable: no level asked for', 'done'],
      ['impossible: no level asked for', 'DurabilityImpossibleError'],
      ['impossible: inside a document', 'DurabilityImpossibleError'],
      ['impossible: reads', 'DocumentNotFoundError'],
    ]),
  );
});

test('replicas are asked for: there is the document itself', async () => {
  expect(await run('replicas')).toEqual({
    'any: document': [{ n: 1 }, false],
    'all: documents': [[{ n: 1 }, false]],
    'any: path': [1, false],
    'all: paths': [[1, false]],
    'any: missing': 'DocumentUnretrievableError',
    'any path: missing': 'DocumentUnretrievableError',
  });
});

test('expiry: who keeps it, who changes it', async () => {
  expect(await run('expiry')).toEqual({
    stored: 50,
    upsert: 'stays',
    'upsert that keeps it': 50,
    'replace that keeps it': 50,
    mutateIn: 'stays',
    'mutateIn that keeps it': 50,
    'mutateIn with one': 9,
    touch: 7,
    'get and touch': 'stays',
    'a date': 8,
    '60 days': 51_840,
    'new by mutateIn': 9,
    'over after a second': 'DocumentNotFoundError',
  });
});

test('data structures', async () => {
  expect(await run('dataStructures')).toEqual({
    list: [['a', 'c'], 2, 1],
    map: [2, false, 1, ['two']],
    set: [[true, true, false], ['y'], false, 1],
    queue: [1, 2, 1],
  });
});

test('transactions: committed, rolled back, over a tombstone', async () => {
  expect(await run('transactions')).toEqual({
    committed: [{ n: 2 }, { made: true }, false],
    'rolled back': 'TransactionFailedError',
    'is as it was': [{ n: 2 }, false],
    'inserted where something was deleted': { again: true },
    'in its own eyes': { n: 1 },
  });
});
