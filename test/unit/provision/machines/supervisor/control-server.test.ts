import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { startControlServer } from '#provision/machines/supervisor/control-server.ts';
import { labMachinesOf, machineSpec } from './lab-machines-of.ts';

/** The real control server and a real machine that was never started. */
let dir: string;
let server: Server;
let made: ReturnType<typeof labMachinesOf>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-control-server-'));
  made = labMachinesOf(join(dir, 'state'), [machineSpec('core-01'), machineSpec('core-02')]);
  const services = { deaths: [], ready: Promise.resolve() };
  server = await startControlServer(join(dir, 'sock'), made.machines, services);
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
  afterEach(() => {
    expect(made.machines.get('core-01')?.status).toMatchObject({ state: 'absent' });
    expect(made.machines.machines.map(({ spec }) => spec)).toEqual([machineSpec('core-01'), machineSpec('core-02')]);
    expect(made.named).toEqual([]);
  });

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
    ['resize', {}, /: memoryBytes: expected number/],
    ['resize', { memoryBytes: 2 ** 30, cpus: 0 }, /: cpus: /],
    ['resize', { memoryBytes: -1, cpus: 1 }, /: memoryBytes: /],
    ['resize', { memoryBytes: 1.5, cpus: 1 }, /: memoryBytes: /],
    ['resize', { memoryBytes: 2 ** 30, cpus: 1, name: 'core-02' }, /: name: there is no such field/],
    ['add', {}, /: address: /],
    ['forget', { force: true }, /: force: there is no such field/],
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

describe('machines that come and go', () => {
  const { name, ...fourth } = machineSpec('core-04');
  const add = (machine: string, body: object) => post(`/machines/${machine}/add`, JSON.stringify(body));
  const names = () => made.machines.machines.map((machine) => machine.spec.name);

  it('a new one is known at once, absent, to the status and to the DNS; twice is once', async () => {
    expect(await add(name, fourth)).toEqual({ status: 200, value: {} });
    expect(await add(name, fourth)).toEqual({ status: 200, value: {} });
    expect(await post('/machines/core-04/cut', '{}')).toMatchObject({ status: 200, value: { state: 'absent' } });
    expect(made.named).toEqual([['core-01', 'core-02', 'core-04']]);
    expect(names()).toEqual(['core-01', 'core-02', 'core-04']);
  });

  it('what cannot be is refused, and nothing is changed', async () => {
    const before = names();
    for (const [machine, body, why] of [
      ['core-04', { ...fourth, address: '172.17.8.102' }, /cannot have the address 172.17.8.102: it is core-02's/],
      ['core-02', fourth, /core-02 is there already, at 172.17.8.102/],
      ['..', fourth, /no name for a machine/],
      ['core-01%2f..', fourth, /no name for a machine/],
      ['-rf', fourth, /no name for a machine/],
      ['Core', fourth, /no name for a machine/],
      ['x'.repeat(13), fourth, /no name for a machine/],
      ['__proto__', fourth, /no name for a machine/],
    ] as const)
      expect([machine, await add(machine, body)]).toEqual([machine, refused('input.machine', why)]);
    for (const [body, why] of [
      [{ ...fourth, address: 'core-04' }, /: address: /],
      [{ ...fourth, machineId: 'x' }, /: machineId: must be 32 hex digits/],
      [{ ...fourth, osRoot: 'relative' }, /: osRoot: /],
      [{ ...fourth, memoryBytes: '2G' }, /: memoryBytes: /],
      [{ ...fourth, name: 'core-05' }, /: name: there is no such field/],
    ] as const)
      expect(await add(name, body)).toEqual(refused('input.request', why));
    expect(names()).toEqual(before);
    expect(made.named).toEqual([]);
  });

  it('one without a disk is forgotten, and may come back; one that never was is no error', async () => {
    expect(await verb('forget', {})).toEqual({ status: 200, value: {} });
    expect(await verb('forget', {})).toEqual({ status: 200, value: {} });
    expect(names()).toEqual(['core-02']);
    expect(await verb('cut', {})).toEqual(refused('missing.machine', /core-01/));
    const { name: first, ...rest } = machineSpec('core-01');
    expect(await add(first, rest)).toEqual({ status: 200, value: {} });
    expect(made.named).toEqual([['core-02'], ['core-02', 'core-01']]);
  });

  it('one with a disk is not', async () => {
    const { dir: own, provisionedFile } = labPaths('controltest', join(dir, 'state')).machine('core-02');
    mkdirSync(own, { recursive: true });
    writeFileSync(provisionedFile, '{}');
    expect(await post('/machines/core-02/forget', '{}')).toEqual(refused('state.machine', /core-02 is stopped/));
    expect(names()).toEqual(['core-01', 'core-02']);
  });

  it('a machine that does not run begins with its new size', async () => {
    const size = { memoryBytes: 2 ** 30, cpus: 2 };
    expect(await verb('resize', size)).toMatchObject({ status: 200, value: { state: 'absent' } });
    expect(made.machines.get('core-01')?.spec).toEqual({ ...machineSpec('core-01'), ...size });
  });

  it('of guests only the names are kept', async () => {
    const guests = labMachinesOf(dir, [machineSpec('core-01')], { guests: true });
    await guests.machines.add(machineSpec('core-02'));
    expect(guests.machines.machines).toEqual([]);
    await guests.machines.forget('core-01');
    expect(guests.named).toEqual([['core-01', 'core-02'], ['core-02']]);
  });

  it("guests' disks are copied by what knows their hypervisor, one copy after the other", async () => {
    let [under, most] = [0, 0];
    const copyGuests = async () => {
      most = Math.max(most, (under += 1));
      await new Promise((resolve) => setImmediate(resolve));
      return (under -= 1) + 7;
    };
    const { machines } = labMachinesOf(dir, [machineSpec('core-01')], { guests: true, copyGuests });
    expect(await Promise.all([machines.copyDisks('/a'), machines.copyDisks('/b')])).toEqual([7, 7]);
    expect(most).toBe(1);
  });
});
