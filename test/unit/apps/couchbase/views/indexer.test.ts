import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { frame } from '#apps/couchbase/src/views/indexer/frames.ts';
import { encodeReply, type Request } from '#apps/couchbase/src/views/indexer/messages.ts';
import { viewLimits } from '#apps/couchbase/src/views/limits.ts';
import { Indexer, IndexerLost, type RequestLimits } from '#apps/couchbase/src/views/service/indexer.ts';
import { readUsage } from '#apps/couchbase/src/views/service/process-usage.ts';
import { standStill } from '#test/support/stand-still.ts';
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

/** Any program in its place. */
async function startProgram(program: string, limits: Partial<RequestLimits> = {}): Promise<Indexer> {
  const folder = await mkdtemp(join(tmpdir(), 'views-test-'));
  const path = join(folder, 'program.cjs');
  await writeFile(path, program);
  const indexer = new Indexer(path, { ...viewLimits, ...limits });
  indexers.push(indexer);
  return indexer;
}

/** A statement: what the process of views says first. */
function sayReady(startCpuMs: number): string {
  const bytes = frame(encodeReply({ kind: 'ready', startCpuMs })).toString('base64');
  return `process.stdout.write(Buffer.from('${bytes}', 'base64'))`;
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
  expect(await working).toEqual({
    message: expect.stringMatching(/^took more than \d+ ms of work$/) as string,
    working: true,
    killed: true,
  });
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
  await standStill(still.pid ?? 0);
  expect(await lost(still.request(begin))).toMatchObject({
    message: expect.stringMatching(/^took more than \d+ ms$/) as string,
    killed: true,
  });
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

test('a process that never gets ready is ended, and one that says twice that it is', async () => {
  const silent = await startProgram('process.stdin.resume();', { startMs: 300 });
  expect(await lost(silent.request(begin))).toEqual({
    message: 'was not ready within 300 ms',
    working: true,
    killed: true,
  });
  const twice = await startProgram(`${sayReady(50)}; ${sayReady(6000)}; process.stdin.resume();`);
  expect(await lost(twice.request(begin))).toMatchObject({ working: true, killed: true });
});

test('a host with a slow CPU has as many times longer, for a call and for a request', async () => {
  // Starting Node costs a usual host 60 ms: this one seems about twenty times slower.
  const slow = await startProgram(`while (process.cpuUsage().user < 1.2e6); ${await readFile(views.path, 'utf8')}`, {
    requestCpuMs: 200,
  });
  const lasting = (ms: number) => `function () { var end = Date.now() + ${ms}; while (Date.now() < end); emit(1, 1); }`;
  for (const request of [open(lasting(1500)), begin]) await slow.request(request);
  expect(await slow.request(oneDocument)).toMatchObject({ kind: 'done', taken: 1, leftOut: 0 });

  const usual = start({ requestCpuMs: 200 });
  // For ever, to a host that has its usual time: how long that is follows how long this one took to start Node.
  for (const request of [open(lasting(100_000)), begin]) await usual.request(request);
  expect(await lost(usual.request(oneDocument))).toMatchObject({ working: true, killed: true });
});

test('the process may read no file and start no program', async () => {
  const tries = `
    const reply = (text) => {
      const json = Buffer.from(JSON.stringify({ kind: 'failed', code: 'map', cause: text }));
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(json.length + 4);
      frame.writeUInt32BE(json.length, 4);
      process.stdout.write(Buffer.concat([frame, json]));
    };
    ${sayReady(50)};
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
  const indexer = await startProgram(tries);
  const denied = 'ERR_ACCESS_DENIED';
  expect(await indexer.request(begin)).toEqual({
    kind: 'failed',
    code: 'map',
    cause: `${denied} ${denied} ${denied} ${denied} EvalError: Code generation from strings disallowed for this context {}`,
  });
});

test('proc_pid_stat(5) is read past a name with brackets and spaces', () => {
  const stat = `12 (node (x) y) R ${Array.from({ length: 49 }, (_, n) => n + 4).join(' ')}`;
  expect(readUsage(stat)).toEqual({ cpuMs: (14 + 15) * 10, residentBytes: 24 * 4096 });
});
