import { memoryStore, type MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import { fleetKeys, type FleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { metricsText } from '#platform/fleet/api/metrics.ts';
import { serveApi } from '#platform/fleet/api/serve.ts';
import { openMirror, type Mirror } from '#platform/fleet/registry/mirror.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';

/** The API of one daemon, with its copy of the registry, on an etcd of memory. */
export interface Served {
  readonly store: MemoryStore;
  readonly keys: FleetKeys;
  readonly mirror: Mirror;
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown; message?: string }>;
  /** No daemon any more; its etcd stays. */
  stop(): Promise<void>;
}

export async function served(store: MemoryStore = memoryStore()): Promise<Served> {
  const keys = fleetKeys();
  const mirror = await openMirror(store, keys, () => undefined);
  const api = await serveApi(
    registryOf(store, keys, () => mirror),
    ['127.0.0.1:0'],
    () => undefined,
    {
      pageSize: 100,
      metrics: () => metricsText({ view: mirror.view(), engine: undefined, isRegistered: true }),
    },
  );
  const [address = ''] = api.addresses;
  return {
    store,
    keys,
    mirror,
    address,
    async call(method, path, body) {
      const headers = { 'Content-Type': 'application/json' };
      const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const reply = await fetch(`${address}/fleet/v1${path}`, init);
      const text = await reply.text();
      const json = text === '' ? undefined : (JSON.parse(text) as { error?: { message: string } });
      return { status: reply.status, json, ...(json?.error !== undefined && { message: json.error.message }) };
    },
    async stop() {
      await api.close();
      await mirror.close();
    },
  };
}
