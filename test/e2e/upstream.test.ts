import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustHave } from '#errors/must-have.ts';
import { cacheDirectory } from '#provision/config/load-config.ts';
import { copyImage } from '#provision/image/containers/registry-storage.ts';
import { remainsOf } from '../support/remains.ts';
import { LabCli } from '../support/lab-cli.ts';
import { UpstreamRegistry } from '../support/upstream-registry.ts';

/** The lab's own images stand in for those of others: there is no registry on the internet here. */
const e2eLab = new LabCli('e2e', '[timers]\nfleet_agent_ttl = "10s"\n');
const tomlFile = join(e2eLab.configDir, 'lab.toml');
const plain = readFile(tomlFile, 'utf8');
let dir: string;
let upstream: UpstreamRegistry;
let couchbaseDigest: string;

beforeAll(async () => {
  // Images are copied by hard links.
  const cache = cacheDirectory(process.env);
  mkdirSync(cache, { recursive: true });
  dir = mkdtempSync(join(cache, 'e2e-upstream-'));
  expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
  expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
  const spec = JSON.parse(await readFile(join(e2eLab.stateDir, 'supervisor-spec.json'), 'utf8')) as {
    registryStorage: string;
  };
  const storage = join(dir, 'up/storage');
  couchbaseDigest = await copyImage(spec.registryStorage, storage, 'library/couchbase', 'community-4.0.0');
  await copyImage(spec.registryStorage, storage, 'library/memcached', '1');
  upstream = await UpstreamRegistry.start(join(dir, 'up'));
  await upstream.rename(
    { repository: 'library/couchbase', tag: 'community-4.0.0' },
    { repository: 'acme/couchbase', tag: '7' },
  );
  await upstream.rename({ repository: 'library/memcached', tag: '1' }, { repository: 'library/cache', tag: 'other' });
});
afterAll(async () => {
  await e2eLab.lab('destroy');
  await upstream.stop();
  await rm(dir, { recursive: true, force: true });
  rmSync(e2eLab.configDir, { recursive: true, force: true });
});

const images = async () =>
  JSON.parse((await e2eLab.lab('image', 'list', '--json')).stdout) as { name: string; whose: string; from?: unknown }[];

describe('[images.couchbase] source = "upstream" on a lab that runs', () => {
  it('is named by up and status with what applies it, and changes nothing until then', async () => {
    const images_ = `[images]\nremoteurl = "${upstream.url}"\n[images.couchbase]\nsource = "upstream"\nimage = "acme/couchbase:7"\n`;
    await writeFile(tomlFile, `${await plain}${images_}`);
    const note =
      '[images] source is upstream for couchbase (acme/couchbase:7) in lab.toml, and the lab has embedded; applied by: lab halt && lab up';
    const words = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
      `${stdout}\n${stderr}`.replaceAll(/\s+/g, ' ');
    expect(words(await e2eLab.lab('status'))).toContain(note);
    expect(words(await e2eLab.lab('up'))).toContain(note);
    expect(await e2eLab.on('core-01', 'docker pull -q cache:other')).toMatchObject({ exitCode: 1 });
  });

  it('comes from there after halt and up, under the name of the units; --dry-run says how much', async () => {
    expect(await e2eLab.lab('halt')).toMatchObject({ exitCode: 0 });
    const preview = JSON.parse((await e2eLab.lab('up', '--dry-run', '--json')).stdout) as {
      steps: { subject: string; action: string; bytes?: number }[];
    };
    const fetches = preview.steps.filter(({ action }) => action === 'fetch');
    expect(fetches).toEqual([expect.objectContaining({ subject: 'couchbase:community-4.0.0' })]);
    expect(mustHave(fetches[0]?.bytes, 'size of the image')).toBeGreaterThan(10e6);
    expect(await e2eLab.lab('up')).toMatchObject({ exitCode: 0 });
    const listed = await images();
    expect(listed.find(({ name }) => name === 'couchbase:community-4.0.0')).toMatchObject({
      whose: 'lab',
      from: { remoteUrl: upstream.url, image: 'acme/couchbase:7', digest: couchbaseDigest },
    });
    expect(listed.find(({ name }) => name === 'memcached:1')).toMatchObject({ whose: 'lab', from: 'built here' });
  });

  it('the unit of the stack runs it', async () => {
    expect(await e2eLab.lab('fleetctl', 'start', 'units/couchbase@1.service')).toMatchObject({ exitCode: 0 });
    const state = async () => (await e2eLab.lab('fleetctl', 'list-units', '--no-legend')).stdout;
    await expect.poll(state, { timeout: 120_000, interval: 1_000 }).toMatch(/couchbase@1\.service\s.*active\s+running/);
  });
});

describe('a name that the lab’s registry lacks', () => {
  it('is pulled through by a machine, and runs; it is there for the next when the other registry is gone', async () => {
    const run = 'docker run --rm cache:other --version';
    expect(await e2eLab.on('core-02', run)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^memcached \d/) as string,
    });
    expect((await images()).find(({ name }) => name === 'cache:other')).toMatchObject({
      whose: 'pulled through',
      from: { remoteUrl: upstream.url },
    });
    expect(await e2eLab.on('core-01', 'docker pull -q nosuch:1')).toMatchObject({ exitCode: 1 });
    await upstream.stop();
    expect(await e2eLab.on('core-03', run)).toMatchObject({ exitCode: 0 });
  });

  it('and pushes stay in the lab; its end leaves nothing, on the host’s network neither', async () => {
    const mine = '172.17.8.1:5000/library/mine:1';
    const push = `docker tag cache:other ${mine} && docker push -q ${mine}`;
    expect(await e2eLab.on('core-02', push)).toMatchObject({ exitCode: 0 });
    expect((await images()).find(({ name }) => name === 'mine:1')?.whose).toBe('yours');
    expect(await e2eLab.lab('destroy')).toMatchObject({ exitCode: 0 });
    expect(await remainsOf(e2eLab.name)).toEqual([]);
  });
});
