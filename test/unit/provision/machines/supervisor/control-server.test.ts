import { mkdtempSync, rmSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { Machine } from '#provision/machines/nspawn/machine.ts';
import { startControlServer } from '#provision/machines/supervisor/control-server.ts';

/** The real control server and a real machine that was never started. */
let dir: string;
let server: Server;
let machine: Machine;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-control-server-'));
  const paths = labPaths('controltest', join(dir, 'state'));
  const spec = { name: 'core-01', address: '172.17.8.101', memoryBytes: 2 ** 31, cpus: 1 };
  machine = new Machine(
    { ...spec, machineId: 'c001'.padEnd(32, '0'), osRoot: dir },
    { name: 'controltest', paths, hierarchies: [], lxcfsDir: dir, stretch: 1, machines: ['core-01', 'core-02'] },
  );
  const services = { deaths: [], ready: Promise.resolve() };
  server = await startControlServer(join(dir, 'sock'), new Map([['core-01', machine]]), services);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

async function post(path: string, body: string | Buffer): Promise<{ status: number | undefined; value: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: join(dir, 'sock'), method: 'POST', path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, value: JSON.parse(Buffer.concat(chunks).toString()) as unknown }),
      );
    });
    call.on('error', reject).end(body);
  });
}
const verb = (name: string, body: unknown) => post(`/machines/core-01/${name}`, JSON.stringify(body));
const refused = (code: string, cause: RegExp) => ({
  status: 500,
  value: expect.objectContaining({ code, cause: expect.stringMatching(cause) as string }) as unknown,
});

describe('a sound request', () => {
  it('reaches the machine', async () => {
    expect(await verb('cut', {})).toMatchObject({ status: 200, value: { name: 'core-01', state: 'absent' } });
    expect(await post('/machines/core-01/cut', '')).toMatchObject({ status: 200, value: { state: 'absent' } });
    expect(await verb('halt', { deadlineMs: 0.5 })).toEqual({ status: 200, value: { end: 'halted' } });
    expect(await verb('lift', { impairment: { kind: 'packet-loss', percent: 10 } })).toMatchObject({ status: 200 });
    for (const [name, body] of [
      ['exec', { argv: ['true'], deadlineMs: 1000 }],
      ['impair', { impairment: { kind: 'partition', from: ['core-02'] } }],
      ['wait-booted', { deadlineMs: 1000 }],
      ['reboot', {}],
    ] as const)
      expect([name, await verb(name, body)]).toEqual([name, refused('state.machine', /core-01/)]);
  });
});

describe('a hostile request is refused with the path of its field, and changes nothing', () => {
  afterEach(() => expect(machine.status).toMatchObject({ state: 'absent' }));

  it.each([
    ['start', {}, /^the body of start .*: bare: expected boolean, received undefined/],
    ['start', { bare: 'yes' }, /: bare: expected boolean, received string/],
    ['start', { bare: false, ignition: {} }, /: ignition: there is no such field/],
    ['start', [], /: the whole: expected object, received array/],
    ['start', null, /: the whole: expected object, received null/],
    ['cut', 'now', /: the whole: expected object, received string/],
    ['cut', { link: 'up' }, /: link: there is no such field/],
    ['destroy', { machine: 'core-02' }, /: machine: there is no such field/],
    ['halt', {}, /: deadlineMs: expected number/],
    ['halt', { deadlineMs: '30000' }, /: deadlineMs: expected number, received string/],
    ['halt', { deadlineMs: -1 }, /: deadlineMs: /],
    ['halt', { deadlineMs: 2 ** 31 }, /: deadlineMs: /],
    ['halt', { deadlineMs: null }, /: deadlineMs: expected number, received null/],
    ['exec', { deadlineMs: 1000 }, /: argv: expected array/],
    ['exec', { argv: [], deadlineMs: 1000 }, /: argv: must name a program/],
    ['exec', { argv: 'rm -rf /', deadlineMs: 1000 }, /: argv: expected array, received string/],
    ['exec', { argv: ['sh', ['-c'], 1], deadlineMs: 1000 }, /: argv\[1\]: expected string, received array/],
    ['exec', { argv: { 0: 'sh', length: 1 }, deadlineMs: 1000 }, /: argv: expected array, received object/],
    ['impair', {}, /: impairment: /],
    ['impair', { impairment: 'pause' }, /: impairment: /],
    ['impair', { impairment: { kind: 'explode' } }, /: impairment\.kind: /],
    ['impair', { impairment: { kind: 'constructor' } }, /: impairment\.kind: /],
    ['impair', { impairment: { kind: 'partition', from: 7 } }, /: impairment\.from: must be "all" or a list/],
    ['impair', { impairment: { kind: 'partition', from: [null] } }, /: impairment\.from: must be "all" or a list/],
    ['impair', { impairment: { kind: 'slow-cpu', cpus: '0.1' } }, /: impairment\.cpus: expected number/],
    ['impair', { impairment: { kind: 'pause', forMs: 5 } }, /: impairment\.forMs: there is no such field/],
    ['lift', { impairment: { kind: 'slow-disk' } }, /: impairment\.bytesPerSecond: expected number/],
    ['wait-booted', { deadlineMs: {} }, /: deadlineMs: expected number, received object/],
  ])('%s %j', async (name, body, cause) => {
    expect(await verb(name, body)).toEqual(refused('input.request', cause));
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a field %s', async (field) => {
    for (const [name, text] of [
      ['cut', `{"${field}":{"bare":true}}`],
      ['start', `{"bare":false,"${field}":{"bare":true}}`],
      ['impair', `{"impairment":{"kind":"pause","${field}":1}}`],
    ] as const)
      expect([name, await post(`/machines/core-01/${name}`, text)]).toEqual([
        name,
        refused('input.request', new RegExp(`: (impairment\\.)?${field}: there is no such field`)),
      ]);
    expect(await post('/machines/core-01/start', `{"${field}":{"bare":true}}`)).toEqual(
      refused('input.request', /: bare: expected boolean/),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'status', 'impairments', ''])('a verb %j', async (name) => {
    expect(await verb(name, {})).toEqual(refused('internal.control', /knows no verb/));
  });

  it.each(['__proto__', 'constructor', 'core-09', '', '..'])('a machine %j', async (name) => {
    expect(await post(`/machines/${name}/cut`, '{}')).toEqual(refused('missing.machine', /no machine/));
  });

  it.each(['{', 'bare=true', '{"bare":tru', '\u0000', '{}{}', `${'['.repeat(100_000)}`])(
    'what is no JSON',
    async (text) => {
      expect(await post('/machines/core-01/start', text)).toEqual(
        refused('input.request', /^the request body is no JSON/),
      );
    },
  );

  it('deep nesting, and a name of a hundred thousand letters', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(await post('/machines/core-01/exec', `{"argv":${deep},"deadlineMs":1}`)).toEqual(
      refused('input.request', /: argv\[0\]: expected string, received array/),
    );
    const answer = await verb('cut', { ['x'.repeat(100_000)]: 1 });
    expect(answer).toEqual(refused('input.request', /there is no such field/));
    expect(JSON.stringify(answer.value).length).toBeLessThan(1000);
  });

  it('megabytes: whoever sends them hears why, and the next request is answered', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'x');
    expect(await post('/machines/core-01/exec', body)).toEqual(refused('input.body', /over 1 MiB/));
    const argv = ['x'.repeat(1024 * 1024)];
    expect(await verb('exec', { argv, deadlineMs: 1 })).toEqual(refused('input.body', /over 1 MiB/));
    expect(await verb('cut', {})).toMatchObject({ status: 200 });
  });
});
