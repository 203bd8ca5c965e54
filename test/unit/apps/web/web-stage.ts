import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { build } from 'vite';
import type { Health } from '#apps/web/src/health.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { realEtcd } from '../../platform/etcd/real-etcd.ts';
import { startApp, type AppProcess } from '../support/app-process.ts';
import { bundleApp } from '../support/bundle-app.ts';
import { readyCouchbase, realMemcached, type RealService } from '../support/real-services.ts';

export interface Web extends AppProcess {
  readonly url: string;
}

/** Everything the web app runs on, for one test file; what a test starts ends with `afterTest`. */
export interface WebStage {
  readonly store: EtcdStore;
  readonly couchbase: RealService;
  memcached(): ReturnType<typeof realMemcached>;
  /** Puts the services' keys, as their sidekicks do. */
  announce(memcachedAddresses: string[], couchbaseAddress?: string): Promise<void>;
  /** web.cjs as a process, not awaited for anything. */
  launch(env?: Record<string, string>): AppProcess;
  /** web.cjs, listening, asking for rows every 200 ms. */
  start(env?: Record<string, string>): Promise<Web>;
  browse(web: Web, transports?: ('polling' | 'websocket')[]): Socket;
  cleanup(task: () => unknown): void;
  afterTest(): Promise<void>;
  afterAll(): Promise<void>;
}

/** A real etcd, a ready Couchbase and the image of the web app, with a page of one line or as it is built. */
export async function webStage(wanted: { page: 'one line' | 'built' } = { page: 'one line' }): Promise<WebStage> {
  const [etcd, image, couchbase] = await Promise.all([realEtcd(), bundleApp('web'), readyCouchbase()]);
  const pageDir = join(image.app, 'page');
  await mkdir(pageDir);
  if (wanted.page === 'built') await buildPage(pageDir);
  else await writeFile(join(pageDir, 'index.html'), '<!doctype html><title>Newest RSVPs</title>');
  const store = openEtcd({ endpoints: etcd.endpoints });
  const cleanups: (() => unknown)[] = [];
  const stage: WebStage = {
    store,
    couchbase,
    memcached: async () => {
      const server = await realMemcached();
      cleanups.push(() => server.stop());
      return server;
    },
    announce: async (memcachedAddresses, couchbaseAddress = couchbase.address) => {
      // At once: what lies further apart than a burst may is more than one.
      await Promise.all([
        store.put('/services/couchbase/1', couchbaseAddress),
        ...memcachedAddresses.map((address, index) => store.put(`/services/memcached/${index + 1}`, address)),
      ]);
    },
    launch: (env = {}) => {
      const who = { INSTANCE: 'web@1', MACHINE: 'core-01' };
      const where = { ETCD_ENDPOINTS: etcd.endpoints.join(','), HOST: '127.0.0.1', PORT: '0' };
      const web = startApp(image.entry, { ...who, ...where, ROWS_PERIOD_MS: '200', ...env });
      cleanups.push(() => web.kill());
      return web;
    },
    start: async (env) => {
      const web = stage.launch(env);
      const [, port] = await web.printed(/^listening on port (\d+)$/m);
      return { ...web, url: `http://127.0.0.1:${port}` };
    },
    browse: (web, transports = ['websocket']) => {
      const socket = io(web.url, { transports, reconnection: false });
      cleanups.push(() => socket.disconnect());
      return socket;
    },
    cleanup: (task) => void cleanups.push(task),
    afterTest: async () => {
      for (const task of cleanups.splice(0).reverse()) await task();
      await store.deletePrefix('/services/');
    },
    afterAll: async () => {
      await store.close();
      await couchbase.stop();
      await etcd.stop();
      await image.remove();
    },
  };
  return stage;
}

/** Builds the page as build.mjs does. */
async function buildPage(outDir: string): Promise<void> {
  const configFile = join(import.meta.dirname, '../../../../apps/web/vite.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: false } });
}

/** The next `event` of a Socket.IO connection. */
export function heard<T>(socket: Socket, event: string): Promise<T> {
  return new Promise((resolve) => socket.once(event, (value: T) => resolve(value)));
}

export async function health(web: Web): Promise<{ status: number; body: Health }> {
  const response = await fetch(`${web.url}/healthz`);
  return { status: response.status, body: (await response.json()) as Health };
}
