import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KvServer } from '#apps/couchbase/src/kv/kv-server.ts';
import { kvLimits, type KvLimits } from '#apps/couchbase/src/kv/limits.ts';
import { defaultBucketSettings } from '#apps/couchbase/src/bucket/bucket-settings.ts';
import { Cluster } from '#apps/couchbase/src/cluster/cluster.ts';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator } from '../support/rest.ts';
import { createBucket, setUp } from '../support/set-up.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

/* What a client can do to the others. Memory is that of the bundled server in a process of its own. */

const credentials = Buffer.from(administrator).toString('base64');
const mebibyte = 1024 * 1024;
const rssLimit = 300 * mebibyte;

describe('memory', () => {
  let bundles: Bundles;
  let server: ServerProcess;
  let other: KvClient;
  const attackers: KvClient[] = [];

  beforeAll(async () => {
    bundles = await bundle();
  });
  afterAll(() => bundles.remove());
  beforeEach(async () => {
    server = await startServerProcess(bundles.server);
    await setUp(server.ports.mgmt, 300);
    await createBucket(server.ports.mgmt, 'default');
    other = await KvClient.ready(server.ports.kv);
  });
  afterEach(async () => {
    for (const client of [other, ...attackers.splice(0)]) client.close();
    await server.stop('SIGKILL');
  });

  const attacker = async (client: Promise<KvClient>): Promise<KvClient> => {
    const opened = await client;
    attackers.push(opened);
    return opened;
  };
  const store = async (key: string, bytes: number): Promise<void> => {
    const request = packet(opcodes.set, {
      key: inDefault(key),
      value: Buffer.alloc(bytes, 'x'),
      extras: Buffer.alloc(8),
    });
    expect((await other.call(request)).status).toBe(statuses.success);
  };
  /** The server's resident memory while `other` is still served, bytes (proc_pid_status(5)). */
  const peak = async (looks: number): Promise<number> => {
    let most = 0;
    for (let look = 0; look < looks; look++) {
      expect((await other.call(packet(opcodes.noop))).status).toBe(statuses.success);
      most = Math.max(
        most,
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024,
      );
    }
    return most;
  };

  test('20 strangers, each with an unfinished frame of 29 MB, are sent away', async () => {
    const head = packet(opcodes.set, { key: 'k', extras: Buffer.alloc(8) });
    head.writeUInt32BE(29_000_000, 8);
    const gone: Promise<unknown>[] = [];
    for (let n = 0; n < 20; n++) {
      const client = await attacker(KvClient.open(server.ports.kv));
      // events.once() would reject: a write to a connection that was cut fails.
      gone.push(new Promise((resolve) => client.socket.once('close', resolve)));
      client.socket.write(head);
      client.socket.write(Buffer.alloc(28_000_000, 'x'));
    }
    await Promise.all(gone);
    expect(await peak(20)).toBeLessThan(rssLimit);
    expect(server.log.filter((line) => line.includes('over the limit of 65536'))).toHaveLength(20);
  });

  test('a client that asks for 230 values of 20 MiB and reads none', async () => {
    await store('large', 20 * mebibyte);
    const client = await attacker(KvClient.ready(server.ports.kv));
    client.socket.pause();
    const get = packet(opcodes.get, { key: inDefault('large') });
    client.socket.write(Buffer.concat(Array.from({ length: 230 }, () => get)));
    expect(await peak(200)).toBeLessThan(rssLimit);
  });

  test('2,000 GETs of 1 MB in a row, unread; read later they are all there, in order', async () => {
    await store('large', 1_000_000);
    const client = await attacker(KvClient.ready(server.ports.kv));
    client.socket.pause();
    const gets = Array.from({ length: 2000 }, (_, opaque) => packet(opcodes.get, { key: inDefault('large'), opaque }));
    client.socket.write(Buffer.concat(gets));
    expect(await peak(200)).toBeLessThan(rssLimit);
    client.socket.resume();
    for (let opaque = 0; opaque < 300; opaque++) {
      const answer = await client.answer();
      expect([answer.opaque, answer.value.length]).toEqual([opaque, 1_000_000]);
    }
    expect(await peak(20)).toBeLessThan(rssLimit);
  });

  test('200 clients that each ask for values of 1 MB and read none: those go that have waited longest', async () => {
    await store('large', 1_000_000);
    const gets = (key: string) =>
      Buffer.concat(Array.from({ length: 20 }, () => packet(opcodes.get, { key: inDefault(key) })));
    let closed = 0;
    for (let n = 0; n < 200; n++) {
      const client = await attacker(KvClient.ready(server.ports.kv));
      client.socket.once('close', () => (closed += 1)).pause();
      client.socket.write(gets('large'));
      // Who reads is not disturbed.
      if (n % 30 === 0)
        expect((await other.call(packet(opcodes.get, { key: inDefault('large') }))).value).toHaveLength(1_000_000);
    }
    expect(await peak(50)).toBeLessThan(rssLimit);
    for (const client of attackers) client.socket.resume();
    await expect.poll(() => closed, { timeout: 30_000 }).toBeGreaterThan(30);
    expect(server.log.join('\n')).toContain('answers that wait for their clients may have');
  });

  test('100 clients that each ask for a value of 20 MiB by REST and read none', async () => {
    await store('large', 20 * mebibyte);
    const ask = `GET /pools/default/buckets/default/docs/large HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${credentials}\r\n\r\n`;
    const sockets = Array.from({ length: 100 }, () => connect(server.ports.mgmt, '127.0.0.1'));
    try {
      const statuses = await Promise.all(
        sockets.map(async (socket) => {
          socket.write(ask);
          const [head] = (await once(socket, 'data')) as [Buffer];
          socket.pause();
          return head.toString('latin1', 9, 12);
        }),
      );
      expect(new Set(statuses)).toEqual(new Set(['200', '503']));
      expect(await peak(50)).toBeLessThan(rssLimit);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    const again = await fetch(`http://127.0.0.1:${server.ports.mgmt}/pools/default/buckets/default/docs/large`, {
      headers: { Authorization: `Basic ${credentials}` },
    });
    expect([again.status, (await again.text()).length > 20 * mebibyte]).toEqual([200, true]);
  });
});

describe('sub-documents of 19 MB', () => {
  let bundles: Bundles;
  let server: ServerProcess;
  let other: KvClient;
  beforeAll(async () => {
    bundles = await bundle();
    server = await startServerProcess(bundles.server);
    await setUp(server.ports.mgmt, 300);
    await createBucket(server.ports.mgmt, 'default');
    other = await KvClient.ready(server.ports.kv);
    const value = `{${Array.from({ length: 1_150_000 }, (_, index) => `"k${index}":${index}`).join()},"last":1}`;
    const stored = await other.call(packet(opcodes.set, { key: inDefault('k'), value, extras: Buffer.alloc(8) }));
    expect(stored.status).toBe(statuses.success);
  });
  afterAll(async () => {
    other.close();
    await server.stop('SIGKILL');
    await bundles.remove();
  });
  const lookup = (path: string, opcode: number = subdocOpcodes.get) => {
    const spec = Buffer.concat([Buffer.from([opcode, 0, 0, path.length]), Buffer.from(path)]);
    return packet(opcodes.subdocMultiLookup, {
      key: inDefault('k'),
      value: Buffer.concat(Array.from({ length: 16 }, () => spec)),
    });
  };

  test('16 paths into one are looked up in turn with what others ask', async () => {
    const client = await KvClient.ready(server.ports.kv);
    let status: number | undefined;
    const answered = client.call(lookup('last')).then((answer) => (status = answer.status));
    let turns = 0;
    for (; status === undefined; turns += 1) await other.call(packet(opcodes.noop));
    await answered;
    expect(status).toBe(statuses.success);
    // 16 where this process asks again at once; all in one turn would be one or two, however late it is.
    expect(turns).toBeGreaterThanOrEqual(4);
    client.close();
  });

  test('16 times the whole of it, asked by 20 clients that read nothing', async () => {
    const clients: KvClient[] = [];
    for (let n = 0; n < 20; n++) {
      const client = await KvClient.ready(server.ports.kv);
      client.socket.pause();
      client.socket.write(lookup('', opcodes.get));
      clients.push(client);
    }
    let most = 0;
    for (let look = 0; look < 200; look++) {
      expect((await other.call(packet(opcodes.noop))).status).toBe(statuses.success);
      most = Math.max(
        most,
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024,
      );
    }
    expect(most).toBeLessThan(rssLimit);
    for (const client of clients) client.close();
  });
});

describe('limits', () => {
  let kv: KvServer;
  let log: string[];
  const start = async (limits: Partial<KvLimits>): Promise<number> => {
    log = [];
    const note = (text: string) => void log.push(text);
    const cluster = new Cluster({ nowMs: Date.now, warmupMs: 0 });
    cluster.setAdministrator('Administrator', 'Password1');
    cluster.createBucket('default', { ...defaultBucketSettings(300), replicas: 0 });
    kv = new KvServer(cluster, { info: note, warn: note }, { ...kvLimits, ...limits });
    kv.server.listen(0, '127.0.0.1');
    await once(kv.server, 'listening');
    return (kv.server.address() as { port: number }).port;
  };
  afterEach(() => kv.close());
  /** Whether the connection is closed before all of the request is there. */
  const refusedWhole = async (port: number, request: Buffer): Promise<boolean> => {
    const client = await KvClient.ready(port);
    client.socket.write(request.subarray(0, -1));
    client.socket.write(request.subarray(-1));
    const refused = await client.answer().then(
      () => false,
      () => true,
    );
    client.close();
    return refused;
  };
  const login = (password: string) => packet(opcodes.saslAuth, { key: 'PLAIN', value: `\0Administrator\0${password}` });

  test('a stranger has some time to authenticate; whoever did may stay', async () => {
    // As long as a busy host may need for whoever does authenticate.
    const port = await start({ strangerMs: 2000 });
    const known = await KvClient.ready(port);
    const stranger = await KvClient.open(port);
    await once(stranger.socket, 'close');
    expect(log.join()).toContain('no authentication within 2000 ms');
    expect((await known.call(packet(opcodes.noop))).status).toBe(statuses.success);
  });

  test('a connection too many is closed at once, and there is room again when one goes', async () => {
    const port = await start({ connections: 2 });
    const [first] = [await KvClient.ready(port), await KvClient.ready(port)];
    const third = await KvClient.open(port);
    await once(third.socket, 'close');
    first.close();
    await expect.poll(() => new Promise((resolve) => kv.server.getConnections((_, count) => resolve(count)))).toBe(1);
    expect((await (await KvClient.ready(port)).call(packet(opcodes.noop))).status).toBe(statuses.success);
  });

  test('strangers have fewer places than those who are known', async () => {
    const port = await start({ connections: 10, strangers: 2 });
    const known = await Promise.all([KvClient.ready(port), KvClient.ready(port)]);
    const [first] = [await KvClient.open(port), await KvClient.open(port)];
    const third = await KvClient.open(port);
    await once(third.socket, 'close');
    for (const client of known) expect((await client.call(packet(opcodes.noop))).status).toBe(statuses.success);
    first.close();
    // The server hears of it a moment later.
    await expect
      .poll(() =>
        KvClient.ready(port).then(
          (client) => client.call(packet(opcodes.noop)),
          () => undefined,
        ),
      )
      .toMatchObject({ status: statuses.success });
  });

  test('unfinished requests have their bytes together, and whoever ends gives its share back', async () => {
    const port = await start({ arrivingBytes: 40_000 });
    const half = packet(opcodes.set, { key: inDefault('k'), value: Buffer.alloc(30_000), extras: Buffer.alloc(8) });
    const first = await KvClient.ready(port);
    first.socket.write(half.subarray(0, -1));
    // A whole one in pieces takes its bytes for a moment only.
    await expect.poll(() => refusedWhole(port, half)).toBe(true);
    expect(log.join()).toContain('may have 40000 bytes together');
    expect((await first.call(half.subarray(-1))).status).toBe(statuses.success);
    expect(await refusedWhole(port, half)).toBe(false);
    expect(await refusedWhole(port, half)).toBe(false);
  });

  test('five wrong passwords end a connection', async () => {
    const client = await KvClient.open(await start({}));
    const closed = once(client.socket, 'close');
    client.socket.write(Buffer.concat(Array.from({ length: 50 }, () => login('wrong'))));
    for (let time = 0; time < 5; time++) expect((await client.answer()).status).toBe(statuses.authError);
    await closed;
    await expect(client.answer()).rejects.toThrow('connection closed');
  });

  test('whoever leaves its answers lying is sent away; a slow reader is not', async () => {
    const port = await start({ outputBytes: 64 * 1024, stalledMs: 3000 });
    const filling = await KvClient.ready(port);
    const value = Buffer.alloc(8 * mebibyte, 'x');
    await filling.call(packet(opcodes.set, { key: inDefault('k'), value, extras: Buffer.alloc(8) }));
    const get = packet(opcodes.get, { key: inDefault('k') });
    const silent = await KvClient.ready(port);
    silent.socket.pause();
    silent.socket.write(Buffer.concat([get, get, get]));
    const slow = await KvClient.ready(port);
    slow.socket.write(Buffer.concat([get, get, get]));
    for (let time = 0; time < 3; time++) expect((await slow.answer()).value.length).toBe(value.length);
    await expect.poll(() => log.join()).toContain('did not take 65536 bytes of its answers');
    expect((await slow.call(packet(opcodes.noop))).status).toBe(statuses.success);
  });

  test('answers to a connection that is closed for its next request reach nobody else', async () => {
    const port = await start({});
    const [bad, good] = [await KvClient.ready(port), await KvClient.ready(port)];
    const closed = once(bad.socket, 'close');
    bad.socket.write(Buffer.concat([packet(opcodes.noop, { opaque: 7 }), Buffer.alloc(24, 'x')]));
    await closed;
    expect((await good.call(packet(opcodes.noop, { opaque: 8 }))).opaque).toBe(8);
  });

  test('documents of all buckets have their share of the heap, whatever the quotas', async () => {
    const cluster = new Cluster({ nowMs: Date.now, warmupMs: 0, heapBytes: 10_000 });
    const settings = defaultBucketSettings(100);
    const [one, other] = ['one', 'other'].map((name) => cluster.createBucket(name, settings));
    const fill = (bucket: typeof one, key: string) =>
      bucket?.store.put({ key, value: 'x'.repeat(3000), xattrs: '', flags: 0, expiry: 0 });
    expect([typeof fill(one, 'a'), typeof fill(other, 'a'), fill(one, 'b'), fill(other, 'b')]).toEqual([
      'object',
      'object',
      'full',
      'full',
    ]);
    if (other !== undefined) cluster.deleteBucket(other);
    expect(typeof fill(one, 'b')).toBe('object');
  });

  test('a large value comes whole, with what was asked before and after it', async () => {
    const client = await KvClient.ready(await start({ outputBytes: 100 }));
    const value = Buffer.from(Array.from({ length: 200_001 }, (_, at) => at % 251));
    await client.call(packet(opcodes.set, { key: inDefault('k'), value, extras: Buffer.alloc(8) }));
    const get = packet(opcodes.get, { key: inDefault('k') });
    const noop = packet(opcodes.noop);
    client.socket.write(Buffer.concat([noop, get, noop, get, packet(opcodes.quit)]));
    const lengths: number[] = [];
    for (let n = 0; n < 5; n++) {
      const answer = await client.answer();
      lengths.push(answer.value.length);
      if (answer.value.length > 0) expect(answer.value.equals(value)).toBe(true);
    }
    expect(lengths).toEqual([0, value.length, 0, value.length, 0]);
  });
});
