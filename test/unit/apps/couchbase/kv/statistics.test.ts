import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';
import { plain } from '../support/sasl.ts';

let server: Running;
let client: KvClient;
beforeEach(async () => {
  server = await startRunning();
  client = await KvClient.ready(server.ports.kv);
});
afterEach(() => {
  client.close();
  server.stop();
});

/** All of a group, or the status that says why there is nothing. */
async function stat(group: string, from = client): Promise<Record<string, string> | number> {
  from.socket.write(packet(opcodes.stat, { key: group, opaque: 7 }));
  const found: Record<string, string> = {};
  for (;;) {
    const answer = await from.answer();
    expect(answer.opaque).toBe(7);
    if (answer.status !== 0) return answer.status;
    if (answer.key.length === 0) return found;
    found[answer.key.toString()] = answer.value.toString();
  }
}

const set = (key: string, opcode: number = opcodes.set) =>
  packet(opcode, { key: inDefault(key), value: '1', extras: Buffer.alloc(8) });

describe('STAT', () => {
  test('the general group counts what was done', async () => {
    for (const key of ['a', 'b']) await client.call(set(key));
    await client.call(packet(opcodes.get, { key: inDefault('a') }));
    await client.call(packet(opcodes.get, { key: inDefault('z') }));
    expect(await stat('')).toMatchObject({
      pid: String(process.pid),
      curr_items: '2',
      cmd_set: '2',
      cmd_get: '2',
      get_hits: '1',
      get_misses: '1',
      ep_max_size: String(500 * 1024 * 1024),
    });
  });

  test('vBuckets: their numbers and histories, all of them or one', async () => {
    const { extras } = await client.call(set('a'));
    const [uuid, seqno] = [extras.readBigUInt64BE(0), extras.readBigUInt64BE(8)].map(String);
    expect(Object.keys((await stat('vbucket')) as object)).toHaveLength(1024);
    expect(Object.keys((await stat('vbucket-seqno')) as object)).toHaveLength(5 * 1024);
    // 183 is the vBucket of "a".
    expect(await stat('vbucket-seqno 183')).toMatchObject({ 'vb_183:high_seqno': seqno, 'vb_183:uuid': uuid });
    expect(await stat('failovers 183')).toEqual({
      'vb_183:num_entries': '1',
      'vb_183:0:id': uuid,
      'vb_183:0:seq': '0',
    });
    expect(await stat('vbucket-details 183')).toMatchObject({ vb_183: 'active', 'vb_183:num_items': '1' });
    expect(await stat('vbucket-seqno 1024')).toBe(statuses.notMyVbucket);
    expect(await stat('vbucket-seqno x')).toBe(statuses.invalid);
  });

  test('the bucket, its collections, one document', async () => {
    const { cas } = await client.call(set('a'));
    const { json } = await ask(server.ports.mgmt, 'GET', '/pools/default/buckets/default', { auth: administrator });
    expect(await stat('uuid')).toEqual({ uuid: (json as { uuid: string }).uuid });
    expect(await stat('collections')).toMatchObject({ '0x0:0x0:name': '_default', '0x0:0x0:items': '1' });
    expect(await stat('scopes')).toMatchObject({ '0x0:name': '_default', '0x0:collections': '1' });
    expect(await stat('key a 183')).toMatchObject({ key_cas: String(cas), key_exptime: '0', key_vb_state: 'active' });
    expect(await stat('key a 184')).toBe(statuses.notFound);
    expect(await stat('key z 183')).toBe(statuses.notFound);
    expect(await stat('key')).toBe(statuses.invalid);
    expect(JSON.parse(((await stat('bucket_details')) as Record<string, string>)['bucket details'] ?? '')).toEqual({
      buckets: [{ index: 1, state: 'ready', name: 'default', type: 'membase' }],
    });
  });

  test('a group that there is not is "not found", and others come after it', async () => {
    expect(await stat('no such group')).toBe(statuses.notFound);
    expect(await stat('uuid')).toHaveProperty('uuid');
  });

  test('nothing for strangers, of other buckets, or of all of them for who has one', async () => {
    const stranger = await KvClient.open(server.ports.kv);
    expect(await stat('', stranger)).toBe(statuses.noAccess);
    stranger.close();
    const form = { password: 'secret-1', roles: 'data_monitoring[default]' };
    await ask(server.ports.mgmt, 'PUT', '/settings/rbac/users/local/jane', { auth: administrator, form });
    const jane = await KvClient.open(server.ports.kv);
    await plain(jane, 'jane', 'secret-1');
    expect(await stat('', jane)).toBe(statuses.noBucket);
    await jane.call(packet(opcodes.selectBucket, { key: 'default' }));
    expect(await stat('uuid', jane)).toHaveProperty('uuid');
    expect(await stat('bucket_details', jane)).toBe(statuses.noAccess);
    jane.close();
  });
});

describe('quiet commands', () => {
  test('their usual end is not told, any other is', async () => {
    const cas = 1024n;
    client.socket.write(
      Buffer.concat([
        set('a', opcodes.setQuietly),
        set('b', opcodes.addQuietly),
        set('b', opcodes.addQuietly),
        packet(opcodes.getQuietly, { key: inDefault('z') }),
        packet(opcodes.getWithKeyQuietly, { key: inDefault('z') }),
        packet(opcodes.getWithKeyQuietly, { key: inDefault('a') }),
        packet(opcodes.deleteQuietly, { key: inDefault('a'), cas }),
        packet(opcodes.deleteQuietly, { key: inDefault('a') }),
        packet(opcodes.getWithKey, { key: inDefault('b') }),
        packet(opcodes.noop),
      ]),
    );
    const told = [];
    for (let answer = 0; answer < 5; answer++) {
      const { opcode, status, key } = await client.answer();
      told.push([opcode, status, key.toString()]);
    }
    expect(told).toEqual([
      [opcodes.addQuietly, statuses.exists, ''],
      [opcodes.getWithKeyQuietly, statuses.success, '\0a'],
      [opcodes.deleteQuietly, statuses.exists, ''],
      [opcodes.getWithKey, statuses.success, '\0b'],
      [opcodes.noop, statuses.success, ''],
    ]);
    expect(await stat('')).toMatchObject({ cmd_get: '4', cmd_set: '3', delete_hits: '1', curr_items: '1' });
  });

  test('QUITQ closes without a word', async () => {
    client.socket.write(Buffer.concat([set('a', opcodes.setQuietly), packet(opcodes.quitQuietly)]));
    await expect(client.answer()).rejects.toThrow('connection closed');
  });
});
