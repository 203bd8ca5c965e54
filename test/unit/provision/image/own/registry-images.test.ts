import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryImages, removeImage } from '#provision/image/own/registry-images.ts';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';
import { type RegistryProcess, startRegistry } from '#provision/image/registry/registry.ts';

let dir: string;
let registry: RegistryProcess;
let client: RegistryClient;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-registry-'));
  const storage = join(dir, 'storage');
  mkdirSync(storage);
  registry = await startRegistry({
    storage,
    addr: '127.0.0.1:0',
    logFile: join(dir, 'registry.log'),
    writable: true,
    deadlineMs: 60_000,
  });
  client = new RegistryClient(registry.addr);
  const lab = await push('mattbailey/ch6-web', 'latest', 'of the lab');
  writeFileSync(
    join(storage, 'images.json'),
    JSON.stringify([{ name: 'mattbailey/ch6-web', tag: 'latest', digest: lab, key: 'k' }]),
  );
});
afterEach(async () => {
  await registry.stop();
  rmSync(dir, { recursive: true });
});

const storage = () => join(dir, 'storage');
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An image without layers. */
async function push(repository: string, tag: string, author: string): Promise<string> {
  const config = JSON.stringify({ created: '2026-01-02T03:04:05Z', author, rootfs: { type: 'layers', diff_ids: [] } });
  writeFileSync(join(dir, 'config'), config);
  await client.upload(repository, sha256(config), join(dir, 'config'));
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const configType = 'application/vnd.docker.container.image.v1+json';
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: configType, size: config.length, digest: sha256(config) },
    layers: [],
  });
  await client.tag({ repository, tag }, { digest: sha256(body), mediaType, body });
  return sha256(body);
}

const listed = async () => (await registryImages(client, storage())).map(({ name, whose }) => [name, whose]);

describe('images in the lab’s registry', () => {
  it('are listed by name, with size, age and whose they are', async () => {
    await push('library/mine', '2', 'me');
    const [web, mine] = await registryImages(client, storage());
    expect(mine).toMatchObject({ name: 'mine:2', whose: 'yours', created: '2026-01-02T03:04:05Z' });
    expect(mine?.bytes).toBeGreaterThan(50);
    expect(web).toMatchObject({ name: 'mattbailey/ch6-web:latest', whose: 'lab', from: 'built here' });
    expect(mine).not.toHaveProperty('from');
  });

  it('of the lab say where they were fetched, as long as no reader’s stands in their place', async () => {
    const from = { remoteUrl: 'https://registry.example', image: 'acme/web:7', digest: `sha256:${'0'.repeat(64)}` };
    const file = join(storage(), 'images.json');
    const [web] = JSON.parse(readFileSync(file, 'utf8')) as object[];
    writeFileSync(file, JSON.stringify([{ ...web, from }]));
    expect((await registryImages(client, storage())).map((one) => one.from)).toEqual([from]);
    await push('mattbailey/ch6-web', 'latest', 'me');
    expect((await registryImages(client, storage())).map((one) => one.from)).toEqual([undefined]);
  });

  it('are removed one name at a time, also when another name is of the same image', async () => {
    await push('library/mine', '1', 'me');
    await push('library/mine', '2', 'me');
    expect(await removeImage({ repository: 'library/mine', tag: '1' }, client, storage())).toBe(false);
    expect(await listed()).toEqual([
      ['mattbailey/ch6-web:latest', 'lab'],
      ['mine:2', 'yours'],
    ]);
  });

  it('of a reader stand in front of the lab’s, which is back when they are removed', async () => {
    const name = { repository: 'mattbailey/ch6-web', tag: 'latest' };
    await push(name.repository, name.tag, 'me');
    expect(await listed()).toEqual([['mattbailey/ch6-web:latest', 'yours, in place of the lab']]);
    expect(await removeImage(name, client, storage())).toBe(true);
    expect(await listed()).toEqual([['mattbailey/ch6-web:latest', 'lab']]);
    await expect(removeImage(name, client, storage())).rejects.toMatchObject({ code: 'state.image-of-lab' });
  });

  it('that are not there are named as they may have been meant', async () => {
    await expect(
      removeImage({ repository: 'mattbailey/ch6-wep', tag: 'latest' }, client, storage()),
    ).rejects.toMatchObject({
      code: 'missing.image',
      message: expect.stringContaining('did you mean mattbailey/ch6-web:latest?') as string,
    });
  });
});
