import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Request } from '#apps/couchbase/src/views/indexer/messages.ts';
import { viewLimits } from '#apps/couchbase/src/views/limits.ts';
import { Indexer, IndexerLost, type RequestLimits } from '#apps/couchbase/src/views/service/indexer.ts';
import { readUsage } from '#apps/couchbase/src/views/service/process-usage.ts';
import { bundleViews } from '../support/bundles.ts';

/* The server's end of the process of views. */

let views: Awaited<ReturnType<typeof bundleViews>>;
beforeAll(async () => {
  views = await bundleViews();
});
afterAll(() => views.remove());

const indexers: Indexer[] = [];
afterEach(() => {
  for (const indexer of indexers.splice(0)) indexer.kill('the test is over');
});
function start(limits: Partial<RequestLimits> = {}): Indexer {
  const indexer = new Indexer(views.path, { ...viewLimits, ...limits });
  indexers.push(indexer);
  return indexer;
}

const open = (map: string): Request => ({ op: 'open', view: 1, source: { map } });
const begin: Request = { op: 'begin', view: 1, fresh: true };
const oneDocument: Request = {
  op: 'map',
  view: 1,
  items: [{ source: 'a', value: Buffer.from('{}'), rev: '', expiration: 0, flags: 0 }],
};

/** How a request ended the process. */
async function lost(request: Promise<unknown>): Promise<{ message: string; working: boolean; killed: boolean }> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof IndexerLost)) throw new Error('the process lives');
  return { message: error.message, working: error.working, killed: error.killed };
}

test('work that the interpreter does not interrupt is ended from outside', async () => {
  const indexer = start({ requestCpuMs: 1000 });
  await indexer.request(open('function () { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); }'));
  await indexer.request(begin);
  const [working, next] = [lost(indexer.request(oneDocument)), lost(indexer.request(begin))];
  expect(await working).toEqual({ message: 'took more than 1000 ms of work', working: true, killed: true });
  expect(await next).toMatchObject({ working: false });
  expect(await lost(indexer.request(begin))).toMatchObject({ working: false });
});

test('a process that grows, or stands still, is ended', async () => {
  const small = start({ residentBytes: 1024 });
  const requests = [open('function () { for (;;) {} }'), begin, oneDocument].map((request) => small.request(request));
  expect(await lost(Promise.all(requests))).toMatchObject({
    message: 'took more than 1024 bytes of memory',
    killed: true,
  });
  const still = start({ requestMs: 1000 });
  await still.request(begin);
  process.kill(still.pid ?? 0, 'SIGSTOP');
  expect(await lost(still.request(begin))).toMatchObject({ message: 'took more than 1000 ms', killed: true });
});

test('an end from elsewhere is told as what it was', async () => {
  const indexer = start();
  await indexer.request(open('function () { for (;;) {} }'));
  await indexer.request(begin);
  const working = lost(indexer.request(oneDocument));
  process.kill(indexer.pid ?? 0, 'SIGTERM');
  expect(await working).toEqual({ message: 'ended with SIGTERM', working: true, killed: false });
  expect(indexer.isAlive).toBe(false);
});

test('a program that cannot be started, and one that talks nonsense', async () => {
  expect(() => new Indexer('/nowhere/views.cjs')).toThrow('ENOENT');
  const talker = new Indexer(import.meta.filename, viewLimits);
  indexers.push(talker);
  expect(await lost(talker.request(begin))).toMatchObject({ message: 'ended with 1', working: true, killed: false });
});

test('the process may read no file and start no program', async () => {
  const { writeFile, mkdtemp, rm } = await import('node:fs/promises');
  const folder = await mkdtemp('/tmp/views-test-');
  const tries = `
    const reply = (text) => {
      const json = Buffer.from(JSON.stringify({ kind: 'failed', code: 'map', cause: text }));
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(json.length + 4);
      frame.writeUInt32BE(json.length, 4);
      process.stdout.write(Buffer.concat([frame, json]));
    };
    const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code ?? String(error); } };
    process.stdin.once('data', () => reply([
      attempt(() => require('node:fs').readFileSync('/etc/hostname')),
      attempt(() => require('node:fs').writeFileSync('/tmp/x', '')),
      attempt(() => require('node:child_process').spawnSync('/bin/true')),
      attempt(() => new (require('node:worker_threads').Worker)('1', { eval: true })),
      attempt(() => eval('1')),
      JSON.stringify(process.env),
    ].join(' ')));
  `;
  await writeFile(`${folder}/tries.cjs`, tries);
  const indexer = new Indexer(`${folder}/tries.cjs`, viewLimits);
  indexers.push(indexer);
  const denied = 'ERR_ACCESS_DENIED';
  expect(await indexer.request(begin)).toEqual({
    kind: 'failed',
    code: 'map',
    cause: `${denied} ${denied} ${denied} ${denied} EvalError: Code generation from strings disallowed for this context {}`,
  });
  await rm(folder, { recursive: true });
});

test('proc_pid_stat(5) is read past a name with brackets and spaces', () => {
  const stat = `12 (node (x) y) R ${Array.from({ length: 49 }, (_, n) => n + 4).join(' ')}`;
  expect(readUsage(stat)).toEqual({ cpuMs: (14 + 15) * 10, residentBytes: 24 * 4096 });
});
