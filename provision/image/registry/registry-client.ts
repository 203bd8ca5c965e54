import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { ImageName } from './image-name.ts';

/** An image's manifest as it lies in the registry. */
export interface Manifest {
  /** `sha256:…` of `body`. */
  readonly digest: string;
  readonly mediaType: string;
  readonly body: string;
}

const manifestTypes = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** docker-registry refuses to list more at a time. */
const pageSize = 1000;

/** A registry that speaks plain HTTP (Docker Registry HTTP API V2), asked one request at a time. */
export class RegistryClient {
  readonly addr: string;
  readonly #deadlineMs: number;

  /** @param addr `address:port` */
  constructor(addr: string, deadlineMs = 30_000) {
    this.addr = addr;
    this.#deadlineMs = deadlineMs;
  }

  /** Does it answer at all? */
  async answers(): Promise<boolean> {
    return this.#ask('GET', '').then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** As a pull would ask for it; a registry that does not answer has nothing. */
  async has({ repository, tag }: ImageName): Promise<boolean> {
    return this.#ask('HEAD', `${repository}/manifests/${tag}`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** @param reference tag or digest; undefined: there is none */
  async manifest(repository: string, reference: string): Promise<Manifest | undefined> {
    const response = await this.#ask('GET', `${repository}/manifests/${reference}`);
    if (response.status === 404) return undefined;
    const body = await this.#accepted(response, `${repository}:${reference}`).text();
    const { headers } = response;
    const mediaType = headers.get('content-type');
    if (mediaType === null) throw this.#refused(`the type of ${repository}:${reference}`, response.status);
    return { digest: headers.get('docker-content-digest') ?? reference, mediaType, body };
  }

  /** Names of all repositories, page by page. @throws LabError `command.registry` when it refuses; fetch's own error when it does not answer */
  async repositories(): Promise<string[]> {
    const all: string[] = [];
    for (;;) {
      const last = all.length === 0 ? '' : `&last=${encodeURIComponent(all.at(-1) ?? '')}`;
      const response = await this.#ask('GET', `_catalog?n=${pageSize}${last}`);
      const answer: unknown = await this.#accepted(response, 'the list of images').json();
      const { repositories } = z.object({ repositories: z.array(z.string()) }).parse(answer);
      all.push(...repositories);
      if (repositories.length < pageSize) return all;
    }
  }

  /** Every name by which an image can be pulled, one repository after the other. */
  async images(): Promise<ImageName[]> {
    const names: ImageName[] = [];
    for (const repository of await this.repositories())
      for (const tag of await this.tags(repository)) names.push({ repository, tag });
    return names;
  }

  /** None of a repository without any, which stays in the catalogue. */
  async tags(repository: string): Promise<string[]> {
    const response = await this.#ask('GET', `${repository}/tags/list`);
    if (response.status === 404) return [];
    const answer: unknown = await this.#accepted(response, repository).json();
    return z.object({ tags: z.array(z.string()).nullable() }).parse(answer).tags ?? [];
  }

  /** The configuration of an image, which its manifest names. */
  async config(repository: string, digest: string): Promise<unknown> {
    return this.#accepted(await this.#ask('GET', `${repository}/blobs/${digest}`), repository).json();
  }

  /** Has the tag name this manifest; its blobs are there. */
  async tag({ repository, tag }: ImageName, { mediaType, body }: Manifest): Promise<void> {
    const headers = { 'content-type': mediaType };
    this.#accepted(await this.#ask('PUT', `${repository}/manifests/${tag}`, { headers, body }), `${repository}:${tag}`);
  }

  /** Takes a manifest and every tag that names it out of a repository; layers stay. */
  async remove(repository: string, digest: string): Promise<void> {
    this.#accepted(await this.#ask('DELETE', `${repository}/manifests/${digest}`), repository);
  }

  /** Uploads a file as a blob, unless it is there ("Monolithic Upload"). */
  async upload(repository: string, digest: string, file: string): Promise<void> {
    if ((await this.#ask('HEAD', `${repository}/blobs/${digest}`)).ok) return;
    const begun = this.#accepted(await this.#ask('POST', `${repository}/blobs/uploads/`), repository);
    const location = begun.headers.get('location');
    if (location === null) throw this.#refused(`the place of an upload to ${repository}`, begun.status);
    const to = new URL(location, `http://${this.addr}`);
    to.searchParams.set('digest', digest);
    const status = await put(to, file, this.#deadlineMs * 10);
    if (status !== 201) throw this.#refused(repository, status);
  }

  async #ask(
    method: string,
    path: string,
    more: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Response> {
    const headers = { accept: manifestTypes.join(', '), ...more.headers };
    const signal = AbortSignal.timeout(this.#deadlineMs);
    return fetch(`http://${this.addr}/v2/${path}`, { ...more, method, headers, signal });
  }

  #accepted(response: Response, what: string): Response {
    if (response.ok) return response;
    throw this.#refused(what, response.status);
  }

  #refused(what: string, status: number | undefined): LabError {
    return new LabError({
      code: 'command.registry',
      cause: `the lab's registry at ${this.addr} answers ${status ?? 'nothing'} for ${what}`,
      next: 'read registry.log in the log directory of the lab (/var/lib/coreos-lab/NAME/log)',
    });
  }
}

/** fetch would send a stream in chunks, without its length. */
async function put(to: URL, file: string, deadlineMs: number): Promise<number | undefined> {
  const { size } = await stat(file);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': size };
  const sending = request(to, { method: 'PUT', headers, signal: AbortSignal.timeout(deadlineMs) });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
  const [status] = await Promise.all([answered, pipeline(createReadStream(file), sending)]);
  return status;
}
