import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { followChanges } from '#apps/couchbase/src/rest/follow-changes.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

/** Pieces of an answer that has no end, split at the sign that ends each. */
class Stream {
  readonly #incoming: IncomingMessage;
  #text = '';

  private constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    incoming.on('data', (chunk: Buffer) => (this.#text += chunk.toString()));
    incoming.on('error', () => undefined);
  }

  static async open(port: number, path: string, auth = administrator): Promise<Stream> {
    const outgoing = request({ host: '127.0.0.1', port, path, auth, agent: false }).end();
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(incoming.statusCode).toBe(200);
    return new Stream(incoming);
  }

  /** The first `count` configurations, waited for. */
  async configurations(count: number): Promise<Record<string, unknown>[]> {
    const all = () => this.#text.split('\n\n\n\n').filter((text) => text !== '');
    await vi.waitFor(() => expect(all().length).toBeGreaterThanOrEqual(count), 30_000);
    return all().map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  get ended(): Promise<unknown> {
    return once(this.#incoming, 'end');
  }

  close(): void {
    this.#incoming.destroy();
  }
}

describe('over HTTP', () => {
  let server: Running;
  beforeEach(async () => {
    server = await startRunning({ bucket: { ramQuotaMB: '100' } });
  });
  afterEach(() => server.stop());
  const bucket = (method: string, name: string, form?: Record<string, string>) =>
    ask(server.ports.mgmt, method, name === '' ? '/pools/default/buckets' : `/pools/default/buckets/${name}`, {
      auth: administrator,
      ...(form === undefined ? {} : { form }),
    });

  test.each([
    ['/pools/default/bs/default', { name: 'default', nodeLocator: 'vbucket', rev: expect.any(Number) as number }],
    ['/pools/default/bucketsStreaming/default', { name: 'default', nodes: [{ status: 'healthy' }] }],
  ])('%s tells the configuration, tells it again at each change, and ends with the bucket', async (path, shape) => {
    const stream = await Stream.open(server.ports.mgmt, path);
    expect((await stream.configurations(1))[0]).toMatchObject(shape);
    await bucket('POST', '', { name: 'second', ramQuotaMB: '100' });
    expect((await stream.configurations(2))[1]).toMatchObject(shape);
    await bucket('POST', 'default', { flushEnabled: '1' });
    expect((await stream.configurations(3))[2]).toMatchObject(shape);
    const { ended } = stream;
    await bucket('DELETE', 'default');
    await ended;
  });

  test('the map in a bucket’s own JSON leads to the key-value port', async () => {
    const stream = await Stream.open(server.ports.mgmt, '/pools/default/bucketsStreaming/default');
    const [first] = await stream.configurations(1);
    expect(first).toMatchObject({
      vBucketServerMap: { numReplicas: 0, serverList: [`127.0.0.1:${server.ports.kv}`] },
      nodes: [{ hostname: `127.0.0.1:${server.ports.mgmt}`, ports: { direct: server.ports.kv } }],
    });
    stream.close();
  });

  test.each([
    ['/poolsStreaming/default', { name: 'default', nodes: [{ thisNode: true }] }],
    ['/pools/default/nodeServicesStreaming', { nodesExt: [{ thisNode: true }] }],
  ])('%s', async (path, shape) => {
    const stream = await Stream.open(server.ports.mgmt, path);
    expect((await stream.configurations(1))[0]).toMatchObject(shape);
    stream.close();
  });

  test('a bucket that is not there is 404, nobody in particular 401', async () => {
    const get = (path: string, auth?: string) =>
      ask(server.ports.mgmt, 'GET', path, auth === undefined ? {} : { auth });
    expect((await get('/pools/default/bs/none', administrator)).status).toBe(404);
    expect((await get('/pools/default/bs/default')).status).toBe(401);
  });
});

describe('followChanges', () => {
  const listeners = new Set<() => void>();
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const change = () => {
    for (const listener of listeners) listener();
  };
  const follow = (current: () => string | undefined, heartbeatMs = 60_000) =>
    followChanges({ current, onChange, heartbeatMs, heartbeat: 'alive' })[Symbol.asyncIterator]();
  const text = async (next: Promise<IteratorResult<Buffer, unknown>>) => {
    const { done, value } = await next;
    return done === true ? 'end' : value.toString();
  };

  test('changes that nobody took yet are one, and the newest', async () => {
    let state = 1;
    const pieces = follow(() => String(state));
    expect(await text(pieces.next())).toBe('1');
    for (state of [2, 3, 4]) change();
    expect(await text(pieces.next())).toBe('4');
    const waiting = text(pieces.next());
    state = 5;
    change();
    expect(await waiting).toBe('5');
    await pieces.return?.();
  });

  test('a silence is broken by a sign of life', async () => {
    const pieces = follow(() => 'x', 10);
    await pieces.next();
    expect(await text(pieces.next())).toBe('alive');
    expect(await text(pieces.next())).toBe('alive');
    await pieces.return?.();
  });

  test('who goes while it waits ends it at once, and nothing listens any more', async () => {
    const pieces = follow(() => 'x');
    await pieces.next();
    const waiting = text(pieces.next());
    await pieces.return?.();
    expect(await waiting).toBe('end');
    expect(listeners.size).toBe(0);
    expect(await text(pieces.next())).toBe('end');
  });

  test('it ends by itself when there is nothing to tell', async () => {
    let state: string | undefined = 'x';
    const pieces = follow(() => state);
    await pieces.next();
    const waiting = text(pieces.next());
    state = undefined;
    change();
    expect(await waiting).toBe('end');
    expect(listeners.size).toBe(0);
  });
});
