import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stageArtifacts } from '#provision/cluster/ignition/artifacts.ts';

let dir = '';
const repo = () => join(dir, 'repo');
const served = () => join(dir, 'state/artifacts');

function write(path: string, content: string) {
  mkdirSync(dirname(join(repo(), path)), { recursive: true });
  writeFileSync(join(repo(), path), content);
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-artifacts-'));
  write('dist/machine/bin/fleetd.cjs', 'fleetd');
  write('dist/machine/bin/etcdctl.cjs', 'etcdctl');
  write('dist/machine/proto/rpc.proto', 'rpc');
  write('platform/docker/runc-within-limits', '#!/bin/sh\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('serves each file under a name that carries its hash, and says where it goes', async () => {
  const staged = await stageArtifacts(repo(), served());
  expect(staged.map(({ path }) => path).sort()).toEqual([
    '/opt/lab/bin/etcdctl.cjs',
    '/opt/lab/bin/fleetd.cjs',
    '/opt/lab/bin/runc-within-limits',
    '/opt/lab/proto/rpc.proto',
  ]);
  for (const { name, sha512 } of staged) {
    const content = readFileSync(join(served(), name));
    expect(createHash('sha512').update(content).digest('hex')).toBe(sha512);
    expect(name).toContain(sha512.slice(0, 16));
  }
  expect(readdirSync(served()).sort()).toEqual(staged.map(({ name }) => name).sort());
});

it('only what is no file of Node or etcd is a program', async () => {
  const programs = (await stageArtifacts(repo(), served())).filter(({ executable }) => executable);
  expect(programs.map(({ path }) => path)).toEqual(['/opt/lab/bin/runc-within-limits']);
});

it('names are the same for the same content, and others for other content', async () => {
  const names = async () =>
    new Map((await stageArtifacts(repo(), served())).map(({ path, name }) => [path, name] as const));
  const before = await names();
  expect(await names()).toEqual(before);
  write('dist/machine/bin/fleetd.cjs', 'fleetd, changed');
  const after = await names();
  const changed = [...after].filter(([path, name]) => before.get(path) !== name).map(([path]) => path);
  expect(changed).toEqual(['/opt/lab/bin/fleetd.cjs']);
  // A machine that is being provisioned by the old config still finds the old content.
  expect(readFileSync(join(served(), before.get('/opt/lab/bin/fleetd.cjs') ?? ''), 'utf8')).toBe('fleetd');
});

it('a build that is not there is an error, not an empty list', async () => {
  rmSync(join(repo(), 'dist'), { recursive: true });
  await expect(stageArtifacts(repo(), served())).rejects.toMatchObject({ code: 'ENOENT' });
});
