import { expect, test } from 'vitest';
import { defaultBucketSettings } from '#apps/couchbase/src/bucket/bucket-settings.ts';
import { Bucket } from '#apps/couchbase/src/bucket/bucket.ts';
import { write } from '#apps/couchbase/src/bucket/operations.ts';
import { Quota } from '#apps/couchbase/src/bucket/quota.ts';
import type { DocumentRequest } from '#apps/couchbase/src/kv/document-request.ts';
import { newSession } from '#apps/couchbase/src/kv/session.ts';
import { multiLookup } from '#apps/couchbase/src/kv/subdocument/lookup.ts';
import { multiMutation } from '#apps/couchbase/src/kv/subdocument/mutate.ts';
import { RequestFrame } from '#apps/couchbase/src/wire/frame.ts';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, packet } from '../support/kv-client.ts';

/* Sub-document commands on documents that take so long that others have their turns between two paths. */

const filler = 'x'.repeat(3_000_000);
const large = (n: number) => JSON.stringify({ n, filler });

function bucketWith(value: string): Bucket {
  const settings = { ...defaultBucketSettings(100), replicas: 0 };
  const bucket = new Bucket({ name: 'b', settings, nowMs: Date.now, warmupMs: 0, memory: new Quota(1e9) });
  set(bucket, value);
  return bucket;
}

function set(bucket: Bucket, value: string): void {
  write(bucket.store, 'set', { key: 'k', value, flags: 0, expiry: 0, cas: 0, preserveExpiry: false });
}

function request(bucket: Bucket, opcode: number, specs: readonly Buffer[], cas = 0n): DocumentRequest {
  const bytes = packet(opcode, { key: inDefault('k'), value: Buffer.concat(specs), cas });
  return {
    bucket,
    store: bucket.store,
    session: newSession(1),
    frame: new RequestFrame(bytes, 0),
    key: 'k',
    framing: {},
  };
}

const lookupSpec = (path: string) =>
  Buffer.concat([Buffer.from([subdocOpcodes.get, 0, 0, path.length]), Buffer.from(path)]);
const countSpec = () => Buffer.from([subdocOpcodes.counter, 0, 0, 1, 0, 0, 0, 1, 0x6e, 0x31]);
const twice = <Item>(item: Item) => [item, item];

test('a lookup is of one state, whatever becomes of the document between its paths', async () => {
  const bucket = bucketWith(large(1));
  const answer = multiLookup(request(bucket, opcodes.subdocMultiLookup, twice(lookupSpec('n'))));
  expect(answer).toBeInstanceOf(Promise);
  set(bucket, large(2));
  const { status, value } = await answer;
  expect([status, (value as string[]).filter((_, index) => index % 2 === 1)]).toEqual([statuses.success, ['1', '1']]);
});

test('a mutation begins anew when somebody else was faster', async () => {
  const bucket = bucketWith(large(1));
  const answer = multiMutation(request(bucket, opcodes.subdocMultiMutation, twice(countSpec())));
  set(bucket, large(10));
  expect((await answer).status).toBe(statuses.success);
  expect(bucket.store.get('k')?.value).toBe(large(12));
});

test('with a CAS it is refused then; so it is when the document is gone', async () => {
  const bucket = bucketWith(large(1));
  const cas = BigInt(bucket.store.get('k')?.cas ?? 0) * 1024n;
  const answer = multiMutation(request(bucket, opcodes.subdocMultiMutation, twice(countSpec()), cas));
  set(bucket, large(10));
  expect((await answer).status).toBe(statuses.exists);
  const late = multiMutation(request(bucket, opcodes.subdocMultiMutation, twice(countSpec())));
  bucket.flush();
  expect((await late).status).toBe(statuses.notFound);
});

test('a small document is done at once', () => {
  const bucket = bucketWith('{"n":1}');
  expect(multiMutation(request(bucket, opcodes.subdocMultiMutation, twice(countSpec())))).toMatchObject({
    status: statuses.success,
  });
});
