import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoDir } from '../support/lab-cli.ts';
import { e2eLab } from './e2e-lab.ts';

/*
 * A worker and a page as a reader of 2016 writes them (test/e2e/own-code), built and deployed as the chapter types it. The first build on a host
 * makes node:onbuild and compiles couchbase 2.6.12; later ones find their layers in the cache.
 */

const book = join(e2eLab.configDir, 'book');
const typed = (line: string) => e2eLab.lab('shell', '--dir', book, '-c', line);

beforeAll(async () => {
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
  mkdirSync(book, { recursive: true });
  expect(await e2eLab.labIn(book, 'guide', 'code')).toMatchObject({ exitCode: 0 });
  cpSync(join(repoDir, 'test/e2e/own-code/worker'), join(book, 'code/ch6/worker'), { recursive: true });
  cpSync(join(repoDir, 'test/e2e/own-code/web'), join(book, 'code/ch6/webapp'), { recursive: true });
});
afterAll(async () => {
  await e2eLab.lab('destroy');
});

describe('images of a reader', () => {
  const context = join(e2eLab.configDir, 'tiny');
  const dockerfile = (...lines: string[]) => writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
  const listed = async () =>
    JSON.parse((await e2eLab.lab('image', 'list', '--json')).stdout) as { name: string; whose: string }[];

  it('that do not build name the line, what it printed, and a base that is not there', async () => {
    mkdirSync(context);
    dockerfile('FROM lab/debian:12', 'RUN echo fine', 'RUN echo going wrong; exit 3');
    const failed = await e2eLab.lab('image', 'build', context, '-t', 'e2e/tiny');
    expect(failed.exitCode).toBe(67);
    expect(failed.stderr).toContain(`${context}/Dockerfile:3: step 3 failed: RUN echo going wrong; exit 3`);
    expect(failed.stderr).toContain('going wrong');
    dockerfile('FROM e2e/nobody-made-it');
    const baseless = await e2eLab.lab('image', 'build', context, '-t', 'e2e/tiny');
    expect(baseless.exitCode).toBe(68);
    expect(baseless.stderr).toContain('lab image build DIR -t e2e/nobody-made-it');
    expect((await listed()).map(({ name }) => name)).not.toContain('e2e/tiny:latest');
  });

  it('are built, saved, removed and loaded, and run on another machine', async () => {
    dockerfile('from lab/debian:12', 'MAINTAINER Somebody', 'RUN echo mine > /mine', 'CMD cat /mine');
    expect(await typed(`docker build -t e2e/tiny ${context} && docker push e2e/tiny`)).toMatchObject({ exitCode: 0 });
    expect(await listed()).toContainEqual(expect.objectContaining({ name: 'e2e/tiny:latest', whose: 'yours' }));
    const archive = join(context, '../tiny.tar');
    expect(await typed(`docker save -o ${archive} e2e/tiny && lab image rm e2e/tiny`)).toMatchObject({ exitCode: 0 });
    expect((await typed('ssh core-02 docker pull e2e/tiny')).exitCode).not.toBe(0);
    expect(await e2eLab.lab('image', 'load', archive)).toMatchObject({ exitCode: 0 });
    expect((await typed('ssh core-03 docker run --rm e2e/tiny')).stdout).toBe('mine');
  });

  it('that nobody made fail a unit at once, with the command that makes them', async () => {
    const unit = join(repoDir, 'test/e2e/units/imageless.service');
    const started = await e2eLab.lab('fleetctl', 'start', unit);
    expect(started.exitCode).toBe(76);
    expect(started.stderr).toContain('next: lab image build DIR -t e2e/nobody-made-it');
    expect((await typed('fleetctl status imageless')).stderr).toContain('lab image build DIR -t e2e/nobody-made-it');
    expect((await e2eLab.lab('fleetctl', 'destroy', 'imageless.service')).exitCode).toBe(0);
  });
});

describe("a reader's worker and page of 2016", () => {
  it.each([
    ['mattbailey/ch6-worker', 'code/ch6/worker'],
    ['mattbailey/ch6-web', 'code/ch6/webapp'],
  ])('%s is built from node:onbuild', { timeout: 1_500_000 }, async (name, directory) => {
    const built = await typed(`docker build -q -t ${name} ${directory} && docker push ${name}`);
    expect(built.exitCode === 0 ? '' : built.stderr).toBe('');
    expect(built.stdout).toContain(`${name} is in the lab's registry: sha256:`);
  });

  it('find etcd, Couchbase and memcached by the chapter’s units, and rows reach the page', async () => {
    const layers = [
      'code/ch6/couchbase@1.service code/ch6/couchbase-sidekick@1.service',
      'code/ch6/memcached@{1..3}.service code/ch6/memcached-sidekick@{1..3}.service',
      'code/ch6/worker/worker.service',
      'code/ch6/webapp/web@{1..3}.service',
    ];
    for (const units of layers)
      expect(await typed(`fleetctl start --no-block ${units}`)).toMatchObject({ exitCode: 0 });
    const page = (machine: number) => `http://172.17.8.10${machine}:3000`;
    const client = `docker run --rm mattbailey/ch6-web node first-rows.js ${page(1)}`;
    const rows = async () => (await typed(`ssh core-01 ${client}`)).stdout;
    await expect.poll(rows, { timeout: 300_000, interval: 3_000 }).toMatch(/^\[\{.*"id":"rsvp-\d+"/);
    expect((await typed('fleetctl journal -lines 50 worker')).stdout).toMatch(
      /current connection: couchbase:\/\/10\.1\./,
    );
    // The session is in memcached: another instance of the page knows it.
    const visit = (machine: number, cookie = '') => fetch(`${page(machine)}/visits`, { headers: { cookie } });
    const first = await visit(1);
    const [cookie = ''] = first.headers.getSetCookie();
    expect(await first.json()).toEqual({ visits: 1 });
    expect(await (await visit(2, cookie.split(';')[0])).json()).toEqual({ visits: 2 });
  });
});
