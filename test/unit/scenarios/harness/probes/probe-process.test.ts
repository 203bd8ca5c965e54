import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { LabError } from '#errors/lab-error.ts';
import { readSamples } from '#scenarios/harness/record/read-samples.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import type { ProbeEvent } from '#scenarios/harness/probes/settings.ts';
import { webStage, type WebStage } from '#test/unit/apps/web/web-stage.ts';
import { eventually, probeBundle } from './probe-bundle.ts';

let bundle: Awaited<ReturnType<typeof probeBundle>>;
let stage: WebStage;
beforeAll(async () => {
  [bundle, stage] = await Promise.all([probeBundle(), webStage()]);
});
afterEach(() => stage.afterTest());
afterAll(async () => {
  await bundle.remove();
  await stage.afterAll();
});

const many = (file: string, wanted: (sample: Sample) => boolean, count: number) =>
  eventually(`${count} such samples`, async () => {
    const found = (await readSamples(file)).filter(wanted);
    return found.length >= count ? found : undefined;
  });

async function webOnMachine(machine: string) {
  const web = await stage.start({ MACHINE: machine });
  return { web, endpoint: { machine, host: '127.0.0.1', port: Number(new URL(web.url).port) } };
}

it('a visitor keeps one session over the machines; a lost one and a dead page are seen; the socket hears the rows', async () => {
  const memcached = await stage.memcached();
  await stage.announce([memcached.address]);
  const [one, two] = [await webOnMachine('core-01'), await webOnMachine('core-02')];
  const events: ProbeEvent[] = [];
  const probes = await bundle.start({ probes: ['page', 'socket'], pages: [one.endpoint, two.endpoint] }, (event) =>
    events.push(event),
  );
  const page = ({ probe, ok }: Sample) => probe === 'page' && ok;
  // A starved memcached may cost the first pages their session; a visitor of a stack that keeps up has one for many pages.
  const kept = await eventually('twelve pages in a row with one session, by both machines', async () => {
    const newest = (await readSamples(probes.samplesFile)).filter(page).slice(-12);
    const [sessions, machines] = [newest.map(({ session }) => session), newest.map(({ machine }) => machine)];
    return newest.length === 12 && new Set(sessions).size === 1 && new Set(machines).size === 2 ? newest : undefined;
  });
  await many(probes.samplesFile, ({ visits = 0 }) => visits > 5, 1);
  await many(probes.samplesFile, ({ probe, ok }) => probe === 'socket' && ok, 10);
  // Events come by a pipe of their own.
  await expect
    .poll(() => events.flatMap(({ type, data }) => (type === 'page-connected' ? [data.machine] : [])))
    .toEqual(expect.arrayContaining(['core-01', 'core-02']));
  await expect
    .poll(() => events.flatMap(({ type, data }) => (type === 'page-message' ? [data] : [])))
    .toContainEqual({ machine: 'core-01', rows: 0, firstKey: null });

  await one.web.kill();
  // Which of them it is depends on whether a question was under way when the server ended.
  const dead = /^ECONN|^the connection was closed$/;
  const ofOne = ({ probe, machine }: { probe: string; machine?: string }) => probe === 'page' && machine === 'core-01';
  await many(probes.samplesFile, (sample) => ofOne(sample) && !sample.ok && dead.test(sample.error ?? ''), 1);
  await eventually('it is told', () => events.find(({ type, data }) => type === 'probe-failing' && ofOne(data)));

  await memcached.stop();
  const sessions = await eventually('another session', async () => {
    const all = (await readSamples(probes.samplesFile)).filter(page).map(({ session }) => session);
    return all.at(-1) !== kept[0]?.session ? all : undefined;
  });
  expect(sessions.at(-1)).not.toBe(kept[0]?.session);
  const { cpuPercent } = await probes.stop();
  expect(cpuPercent).toBeGreaterThan(0);
  // Whichever ends first.
  const ended = events.flatMap(({ type, data }) => (type === 'probe-ended' ? [[data.probe, data.error]] : []));
  expect(ended.toSorted()).toEqual([
    ['page', undefined],
    ['socket', undefined],
  ]);
});

it('asks while its runner is blocked', async () => {
  const probes = await bundle.start({ probes: ['page'], pages: [{ machine: 'core-01', host: '127.0.0.1', port: 1 }] });
  const from = Date.now();
  const asked = () => readFileSync(probes.samplesFile, 'utf8').split('\n').length - 1;
  const before = asked();
  // A second has 20 slots; a starved test host may skip many of them, and has longer.
  while (Date.now() < from + 1_000 || (asked() < before + 10 && Date.now() < from + 60_000));
  const to = Date.now();
  await probes.stop();
  const samples = await readSamples(probes.samplesFile);
  const meanwhile = samples.filter(({ wallMs }) => wallMs >= from && wallMs < to);
  expect(meanwhile.length).toBeGreaterThan(2);
});

it('contacts nobody while the network link of the lab is not there', async () => {
  let asked = 0;
  const { createServer } = await import('node:http');
  const server = createServer((_request, response) => {
    asked += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const pages = [{ machine: 'core-01', host: '127.0.0.1', port }];
  const probes = await bundle.start({ probes: ['page', 'socket'], pages, hostLink: 'no-such-link' });
  const samples = await many(probes.samplesFile, () => true, 10);
  await probes.stop();
  server.close();
  expect(asked).toBe(0);
  expect(samples.every(({ ok, error }) => !ok && error === 'the lab is not up')).toBe(true);
});

it('a process that dies ends its probes with an error, keeps what it asked, and stop still answers', async () => {
  const ended: unknown[] = [];
  const pages = [{ machine: 'core-01', host: '127.0.0.1', port: 1 }];
  const probes = await bundle.start({ probes: ['page'], pages }, ({ type, data }) => {
    if (type === 'probe-ended') ended.push(data);
  });
  await many(probes.samplesFile, () => true, 1);
  process.kill(probes.pid, 'SIGKILL');
  await eventually('it is told', () => ended[0]);
  expect(ended).toEqual([{ probe: 'page', error: 'the probe process ended (SIGKILL)' }]);
  expect(await probes.stop()).toEqual({ readBack: [], cpuPercent: 0 });
});

it('a probe that has nobody to ask says so', async () => {
  const ended: unknown[] = [];
  const probes = await bundle.start({ probes: ['page'] }, ({ type, data }) => {
    if (type === 'probe-ended') ended.push(data);
  });
  await probes.stop();
  expect(ended).toMatchObject([{ probe: 'page', error: 'no machine to ask' }]);
});

it('a process that cannot start is an error with its last words', async () => {
  const failure = await bundle.start({ samplesFile: '/nowhere/samples.ndjson' }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'command.probes' });
  expect((failure as LabError).evidence.join('\n')).toContain('/nowhere/samples.ndjson');
});
