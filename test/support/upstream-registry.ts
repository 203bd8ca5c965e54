import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { mustHave } from '#errors/must-have.ts';
import { blobFile, readManifest } from '#provision/image/containers/registry-storage.ts';
import type { ImageName } from '#provision/image/registry/image-name.ts';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';
import { type RegistryProcess, startRegistry } from '#provision/image/registry/registry.ts';

/** How an image's manifest is written: Docker's schema 2 with its list, or OCI's with its index. */
const forms = {
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  },
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
    list: 'application/vnd.oci.image.index.v1+json',
  },
} as const;
type Form = keyof typeof forms;

export interface TestImage {
  readonly form?: Form;
  readonly arch: string;
  /** Text of its file `/greeting`. */
  readonly greeting: string;
  /** In place of the layer's tar. */
  readonly tar?: Buffer;
}

/** A Docker registry of the tests' own, in the place of one on the internet. */
export class UpstreamRegistry {
  readonly addr: string;
  readonly url: string;
  readonly #dir: string;
  readonly #process: RegistryProcess;
  readonly #client: RegistryClient;

  private constructor(dir: string, running: RegistryProcess) {
    this.#dir = dir;
    this.#process = running;
    this.addr = running.addr;
    this.url = `http://${running.addr}`;
    this.#client = new RegistryClient(running.addr);
  }

  /** @param addr `address:port`; port 0 takes a free one */
  static async start(dir: string, addr = '127.0.0.1:0'): Promise<UpstreamRegistry> {
    const storage = join(dir, 'storage');
    await mkdir(storage, { recursive: true });
    const logFile = join(dir, 'upstream.log');
    return new UpstreamRegistry(
      dir,
      await startRegistry({ storage, addr, logFile, writable: true, deadlineMs: 60_000 }),
    );
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  /** Puts an image of one layer there; returns its manifest's digest. */
  async put(name: ImageName, image: TestImage): Promise<{ digest: string; layer: string; size: number }> {
    const types = forms[image.form ?? 'docker'];
    const tar = image.tar ?? (await tarOf(join(this.#dir, randomBytes(4).toString('hex')), image.greeting));
    const layer = await this.#blob(name.repository, gzipSync(tar));
    const config = await this.#blob(
      name.repository,
      Buffer.from(
        JSON.stringify({
          architecture: image.arch,
          os: 'linux',
          created: '2026-01-02T03:04:05Z',
          config: { Cmd: ['/greeting'] },
          rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
          history: [{ created_by: 'a test' }],
        }),
      ),
    );
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, ...config },
      layers: [{ mediaType: types.layer, ...layer }],
    });
    const digest = sha256(Buffer.from(body));
    await this.#client.tag(name, { digest, mediaType: types.manifest, body });
    return { digest, layer: layer.digest, size: Buffer.byteLength(body) };
  }

  /** Puts one name for images of several CPUs there, which are there already by their digests. */
  async putList(
    name: ImageName,
    form: Form,
    images: readonly { readonly arch: string; readonly digest: string; readonly size: number }[],
  ): Promise<void> {
    const manifests = images.map(({ arch, digest, size }) => ({
      mediaType: forms[form].manifest,
      digest,
      size,
      platform: { architecture: arch, os: 'linux' },
    }));
    const body = JSON.stringify({ schemaVersion: 2, mediaType: forms[form].list, manifests });
    await this.#client.tag(name, { digest: sha256(Buffer.from(body)), mediaType: forms[form].list, body });
  }

  /** Gives an image that is there another name, and takes the old one away. */
  async rename(from: ImageName, to: ImageName): Promise<void> {
    const manifest = mustHave(await this.#client.manifest(from.repository, from.tag), `${from.repository}:${from.tag}`);
    const { blobs } = await readManifest(join(this.#dir, 'storage'), manifest.digest);
    for (const digest of blobs)
      await this.#client.upload(to.repository, digest, blobFile(join(this.#dir, 'storage'), digest));
    await this.#client.tag(to, manifest);
    await this.#client.remove(from.repository, manifest.digest);
  }

  /** Has a blob hold something else of the same length. */
  async damage(digest: string): Promise<void> {
    const file = blobFile(join(this.#dir, 'storage'), digest);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0, 4, 12));
  }

  async #blob(repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
    const file = join(this.#dir, randomBytes(4).toString('hex'));
    await writeFile(file, bytes);
    const digest = sha256(bytes);
    await this.#client.upload(repository, digest, file);
    return { digest, size: bytes.length };
  }
}

/**
 * The same registry behind a door that wants a token, which user `ann` gets for password `secret` (distribution's documentation, "Token
 * Authentication Specification"), as registries on the internet do.
 */
export async function withPassword({ addr }: UpstreamRegistry): Promise<{ server: Server; url: string }> {
  const known = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  let url = '';
  const server = createServer((asked, answer) => {
    const { authorization } = asked.headers;
    if (asked.url?.startsWith('/token') === true) {
      if (authorization === known) answer.end('{"token":"a-token","access_token":"a-token"}');
      else answer.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    if (authorization !== 'Bearer a-token') {
      answer.writeHead(401, { 'www-authenticate': `Bearer realm="${url}/token",service="a test"` });
      answer.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
      return;
    }
    const [host, port] = addr.split(':');
    const options = { host, port, path: asked.url, method: asked.method, headers: asked.headers };
    const passed = request(options, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    passed.end();
  });
  url = await listening(server);
  return { server, url };
}

/** Has a server listen on loopback; returns its address as a URL. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `http://127.0.0.1:${mustHave(port, 'port of the server')}`;
}

async function tarOf(dir: string, greeting: string): Promise<Buffer> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'greeting'), greeting);
  const { stdout } = await execa('tar', ['-cf', '-', '-C', dir, 'greeting'], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
