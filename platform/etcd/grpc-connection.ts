import { Etcd3, type IOptions } from 'etcd3';
import type { Connection, WatchStream, WatchStreamHandlers } from './connection.ts';
import { failureFromStatus } from './etcd-failure.ts';
import type { WireMethod } from './wire.ts';

/**
 * One endpoint over gRPC. etcd3 is used for its RPC layer alone: its own watchers lose or double events over reconnects and its
 * circuit breaker keeps a member that is back out for five seconds, so both are left out and done by our own, smaller loops.
 */
export function grpcConnection(endpoint: string): Connection {
  const client = new Etcd3({
    hosts: endpoint,
    grpcOptions: channelOptions,
    faultHandling: { host: () => straightThrough, global: straightThrough },
  });
  return {
    endpoint,
    bytes: { encode: (bytes) => bytes, decode: (field) => (Buffer.isBuffer(field) ? field.toString('utf8') : '') },
    async call(method, request, timeoutMs) {
      const options = { deadline: Date.now() + timeoutMs };
      try {
        return await (method === 'leaseKeepAlive'
          ? keepAlive(client, request, options)
          : unary(client, method)(request, options));
      } catch (error) {
        throw failureOf(error, endpoint, method);
      }
    },
    watch: (request, on) => watchStream(client, endpoint, request, on),
    close: () => client.close(),
  };
}

type Deadline = { readonly deadline: number };

const channelOptions = {
  // etcd is on the machine's own address and comes back in a second: the default back-off (1 s to 2 min) would hide that.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // A peer whose cord was pulled never says goodbye. etcd bans pings more often than every 5 s (--grpc-keepalive-min-time).
  'grpc.keepalive_time_ms': 6000,
  'grpc.keepalive_timeout_ms': 3000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
};

type Policy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

/** The fault policy that does nothing: retries and rotation are ours, with one deadline over all of them. */
const straightThrough = {
  onSuccess: () => ({ dispose() {} }),
  onFailure: () => ({ dispose() {} }),
  execute: async <T>(fn: (context: { signal: AbortSignal }) => PromiseLike<T> | T) =>
    fn({ signal: new AbortController().signal }),
} as unknown as Policy;

function unary(client: Etcd3, method: Exclude<WireMethod, 'leaseKeepAlive'>) {
  const owner = method.startsWith('lease') ? client.leaseClient : client.kv;
  const call = (owner as unknown as Record<string, (request: object, options: Deadline) => Promise<unknown>>)[method];
  if (!call) throw new TypeError(`etcd3 has no ${method}`);
  return call.bind(owner);
}

async function keepAlive(client: Etcd3, request: object, options: Deadline): Promise<unknown> {
  const stream = await client.leaseClient.leaseKeepAlive(options);
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('1 CANCELLED: the keep-alive stream ended without an answer')));
    stream.on('data', (answer) => {
      resolve(answer);
      stream.end();
    });
    stream.write(request);
  });
}

function watchStream(client: Etcd3, endpoint: string, request: object, on: WatchStreamHandlers): WatchStream {
  let over = false;
  let cancel = () => {};
  const end = (error: unknown) => {
    if (over) return;
    over = true;
    on.onEnd(failureOf(error, endpoint, 'watch'));
  };
  client.watchClient
    .watch({ interceptors: [requireLeader] })
    .then((stream) => {
      stream.on('data', (message) => {
        if (!over) on.onMessage(message);
      });
      stream.on('error', end);
      stream.on('end', () => end(new Error('1 CANCELLED: the watch stream ended')));
      cancel = () => stream.cancel();
      if (over) stream.cancel();
      else stream.write(request);
    })
    .catch(end);
  return {
    cancel() {
      over = true;
      cancel();
    },
  };
}

type NextCall = (options: object) => { start(metadata: { set(k: string, v: string): void }, listener: unknown): void };

/** etcd ends a stream with this metadata when its member loses the leader; otherwise a cut-off member is silent for ever. */
const requireLeader = ((options: object, nextCall: NextCall) => {
  const call = nextCall(options);
  const start = call.start.bind(call);
  call.start = (metadata, listener) => {
    metadata.set('hasleader', 'true');
    start(metadata, listener);
  };
  return call;
}) as never;

function failureOf(error: unknown, endpoint: string, what: string) {
  const message = error instanceof Error ? error.message : String(error);
  const status = Number(/(?:^|: )(\d{1,2}) [A-Z_]+:/.exec(message)?.[1] ?? 2);
  return failureFromStatus(status, message, endpoint, what);
}
