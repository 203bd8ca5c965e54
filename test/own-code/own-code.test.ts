import { appendFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCli } from '../support/lab-cli.ts';
import { serveCdn } from './cdn.ts';

/*
 * A worker and a page as a reader of 2016 writes them (worker/, web/), put into the skeleton of `lab guide code`, built and started by what the
 * chapter prints and nothing else, and judged by the guide's own checks.
 */

const lab = new LabCli('own-code', '[timers]\nfleet_agent_ttl = "10s"\n');
const book = join(lab.configDir, 'book');
const executablePath = '/usr/bin/chromium';
const pageOf = (machine: string) => `http://172.17.8.1${machine.slice(-2)}:3000`;
const machines = ['core-01', 'core-02', 'core-03'];
/** An image whose module is compiled on a host with other work. */
const buildMs = 30 * 60_000;
const patience = { timeout: 240_000, interval: 1_000 };

/** A line as a reader types it in `lab shell`. */
const typed = (line: string) => lab.lab('shell', '--dir', book, '-c', line);

/** A line that has to work; what it printed. */
async function works(line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await typed(line);
  expect({ line, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ line, exitCode: 0, stderr: '' });
  return stdout;
}

/** The step where the reader is holds, by the guide's own check; then goes on. */
async function stepIsDone(id: string): Promise<{ readonly type: readonly string[] }> {
  const { stdout, stderr } = await typed('lab guide check --wait --json');
  const checked = JSON.parse(stdout === '' ? '{}' : stdout) as {
    step?: { id: string };
    conditions?: { text: string; missing: string | null }[];
  };
  expect(checked.conditions?.filter(({ missing }) => missing !== null) ?? stderr).toEqual([]);
  expect(checked.step?.id ?? id).toBe(id);
  return JSON.parse(await works('lab guide next --json')) as { type: string[] };
}

beforeAll(async () => {
  expect(await lab.lab('destroy')).toMatchObject({ exitCode: 0 });
  mkdirSync(book, { recursive: true });
  await works('lab guide code; lab guide; vagrant up');
});
afterAll(async () => {
  await lab.lab('destroy');
});

describe('images of a reader', () => {
  it('are built, saved, removed and loaded, and run on another machine', async () => {
    const tiny = join(book, 'tiny');
    mkdirSync(tiny);
    writeFileSync(
      join(tiny, 'Dockerfile'),
      'from lab/debian:12\nMAINTAINER Me\nRUN echo mine > /mine\nCMD cat /mine\n',
    );
    await works('docker build -t own/tiny tiny && docker push own/tiny && docker save -o tiny.tar own/tiny');
    const whose = async () =>
      (JSON.parse(await works('lab image list --json')) as { name: string; whose: string }[]).find(
        ({ name }) => name === 'own/tiny:latest',
      )?.whose;
    expect(await whose()).toBe('yours');
    await works('lab image rm own/tiny');
    expect(await whose()).toBe(undefined);
    expect((await typed('ssh core-02 docker pull own/tiny')).exitCode).not.toBe(0);
    await works('lab image load tiny.tar');
    expect(await works('ssh core-03 docker run --rm own/tiny')).toBe('mine');
  });

  it('that nobody made fail their unit at once, with the command that makes them', async () => {
    cpSync(join(import.meta.dirname, 'imageless.service'), join(book, 'imageless.service'));
    const started = await typed('fleetctl start imageless.service');
    expect(started.exitCode).toBe(76);
    expect(started.stderr).toContain('next: lab image build DIR -t own/nobody-made-it');
    expect((await typed('fleetctl status imageless')).stderr).toContain('lab image build DIR -t own/nobody-made-it');
    await works('fleetctl destroy imageless.service');
  });
});

describe('the chapter with a worker and a page of its reader', () => {
  it('begins as ever', async () => {
    await stepIsDone('machines');
    await works('fleetctl start code/ch6/couchbase@1.service code/ch6/couchbase-sidekick@1.service');
    await stepIsDone('couchbase');
    await works('fleetctl start code/ch6/memcached@{1..3}.service code/ch6/memcached-sidekick@{1..3}.service');
    await stepIsDone('memcached');
  });

  it('takes the worker: built from node:onbuild, with a module that is compiled', { timeout: buildMs }, async () => {
    // Before that there is the lab's own of the same name, and it goes on until it is started anew.
    await works('fleetctl start code/ch6/worker/worker.service');
    cpSync(join(import.meta.dirname, 'worker'), join(book, 'code/ch6/worker'), { recursive: true });
    const built = await works(
      'docker build -t mattbailey/ch6-worker code/ch6/worker && docker push mattbailey/ch6-worker',
    );
    expect(built).toContain("mattbailey/ch6-worker is in the lab's registry: sha256:");
    await works('fleetctl stop worker && fleetctl start worker');
    const said = () => works('fleetctl journal -lines 100 worker');
    await expect.poll(said, patience).toMatch(/a reader's worker; current connection: couchbase:\/\/10\.1\.\d+\.\d+\n/);
    await stepIsDone('worker');
  });

  it('stops at what the guide lists as an erratum: nodes that are not there', async () => {
    const place = "require('os').networkInterfaces().eth0[0].address.split('.').slice(0, 3).concat('1').join('.')";
    const printed = `new (require('node-etcd'))(${place}, '2379').getSync('/services/none', { recursive: true }).body.node.nodes`;
    const { exitCode, stderr } = await typed(`docker run --rm mattbailey/ch6-worker node -e "${printed}"`);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('TypeError: Cannot read properties of undefined')]);
  });

  it('takes the page', { timeout: buildMs }, async () => {
    cpSync(join(import.meta.dirname, 'web'), join(book, 'code/ch6/webapp'), { recursive: true });
    await works('docker build -t mattbailey/ch6-web code/ch6/webapp && docker push mattbailey/ch6-web');
    await works('fleetctl start code/ch6/webapp/web@{1..3}.service');
    await stepIsDone('web');
    const said = (await works('fleetctl journal -lines 100 web@1')).replace(/^.*? docker\[\d+\]: /gmu, '');
    expect(said).toMatch(
      /current config: \{\s+couchbase: 'couchbase:\/\/10\.1\.[\d.]+',\s+memcached: \[ ('10\.1\.[\d.]+:11211',?\s+){3}\]/,
    );
  });

  it('keeps a visitor in memcached: another machine knows them', async () => {
    const visit = (machine: string, cookie = '') => fetch(`${pageOf(machine)}/visits`, { headers: { cookie } });
    const first = await visit('core-01');
    const [cookie = ''] = first.headers.getSetCookie();
    expect(await first.json()).toEqual({ visits: 1 });
    expect(await (await visit('core-02', cookie.split(';')[0])).json()).toEqual({ visits: 2 });
  });
});

describe.skipIf(!existsSync(executablePath))('in Chromium (skipped without it)', () => {
  let browser: Browser;
  let context: BrowserContext;
  const pages = new Map<string, Page>();
  const errors: string[] = [];
  const keys = async (machine: string) => {
    const lines = await pages.get(machine)?.locator('#rows li').allTextContents();
    return (lines ?? []).map((line) => /^(\d+) : ./.exec(line)?.[1] ?? line);
  };
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    context = await browser.newContext();
    await serveCdn(context);
  });
  afterAll(() => browser.close());

  it.each(machines)('the page of %s shows ten rows, newest first, by React 15 and Babel 5', async (machine) => {
    const page = await context.newPage();
    pages.set(machine, page);
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(pageOf(machine));
    await expect.poll(() => keys(machine), patience).toHaveLength(10);
    const shown = await keys(machine);
    expect(shown).toEqual([...shown].sort((a, b) => Number(b) - Number(a)));
    expect(await page.evaluate('[React.version, babel.version]')).toEqual(['15.1.0', '5.8.38']);
    // A bar crosses the page with every message, and new rows come.
    await page.waitForSelector('#nprogress', { state: 'attached' });
    await expect.poll(() => keys(machine), patience).not.toEqual(shown);
    expect(errors).toEqual([]);
  });

  it('the pages go on when the machine with Couchbase is halted', async () => {
    const { type } = JSON.parse(await works('lab guide --json')) as { type: string[] };
    const victim = /core-0\d/.exec(type.join(' '))?.[0] ?? 'none';
    expect(type).toEqual([`vagrant halt ${victim}`]);
    const before = await works('etcdctl get /services/couchbase/1');
    await works(`vagrant halt ${victim}`);
    await stepIsDone('halt');
    expect(await works('etcdctl get /services/couchbase/1')).not.toBe(before);
    // Documents of before are gone with their container: what a page shows now, it has heard since.
    for (const machine of machines.filter((name) => name !== victim)) {
      const shown = await keys(machine);
      await expect.poll(() => keys(machine), patience).not.toEqual(shown);
      expect(await keys(machine)).not.toContain(expect.stringMatching(/\D/));
    }
    expect(errors).toEqual([]);
  });
});

describe('a changed program', () => {
  it('is built without compiling anything again, and runs when its unit is started anew', async () => {
    appendFileSync(join(book, 'code/ch6/worker/worker.js'), "console.log('changed by its reader');\n");
    const began = performance.now();
    await works('docker build -t mattbailey/ch6-worker code/ch6/worker && docker push mattbailey/ch6-worker');
    console.log(`built again in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await works('fleetctl stop worker && fleetctl start worker');
    await expect.poll(() => works('fleetctl journal -lines 100 worker'), patience).toContain('changed by its reader');
  });
});
