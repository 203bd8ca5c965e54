import { expect, it } from 'vitest';
import { fetchFailure } from '#provision/image/upstream/fetch-failure.ts';

const image = {
  reference: 'library/couchbase:community-4.0.0',
  remoteUrl: 'https://registry.example',
  image: 'library/couchbase:7',
};
const source = 'initializing source docker://registry.example/library/couchbase:7:';

/** As buildah 1.28 was seen to say it, except where it says otherwise. */
it.each([
  [
    `${source} reading manifest 7 in registry.example/library/couchbase: manifest unknown: manifest unknown`,
    'missing.upstream-image',
  ],
  [
    `${source} pinging container registry registry.example: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host`,
    'host.upstream',
  ],
  [
    `${source} pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused`,
    'host.upstream',
  ],
  [
    `${source} pinging container registry 127.0.0.1:1: Get "https://127.0.0.1:1/v2/": http: server gave HTTP response to HTTPS client`,
    'host.upstream',
  ],
  [
    `${source} reading manifest 7 in registry.example/library/couchbase: received unexpected HTTP status: 500 Internal Server Error`,
    'host.upstream',
  ],
  // Not seen; Go's words.
  [
    `${source} pinging container registry registry.example: Get "https://registry.example/v2/": x509: certificate signed by unknown authority`,
    'host.upstream',
  ],
  [
    `${source} pinging container registry registry.example: Get "https://registry.example/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout`,
    'host.upstream',
  ],
  ['writing blob: storing blob to file "/tmp/1": happened during read: unexpected EOF', 'host.upstream'],
  [`${source} reading manifest 7 in registry.example/library/couchbase: unauthorized`, 'permission.upstream'],
  // Not seen; that of registries that tell nobody what is there.
  [
    `${source} reading manifest 7 in registry.example/library/couchbase: errors:\ndenied: requested access to the resource is denied`,
    'permission.upstream',
  ],
  [
    'writing blob: storing blob to file "/tmp/1": happened during read: Digest did not match, expected sha256:8c, got sha256:36',
    'input.upstream-image',
  ],
  [
    'writing blob: adding layer with blob "sha256:6d": processing tar file(archive/tar: invalid tar header): exit status 1',
    'input.upstream-image',
  ],
  [
    'choosing an image from manifest list docker://registry.example/x:1: no image found in image index for architecture arm64, variant "", OS linux',
    'input.upstream-image',
  ],
  ['writing blob: storing blob to file "/tmp/1": write /tmp/1: no space left on device', 'host.space'],
  ['something that nobody has seen', 'command.buildah'],
])('%s', (said, code) => {
  const lines = ['Trying to pull registry.example/library/couchbase:7...', `Error: ${said}`];
  const error = fetchFailure(image, lines);
  expect(error).toMatchObject({ code, evidence: lines });
  expect(error.message).toContain(
    'couchbase:community-4.0.0 cannot be fetched (library/couchbase:7 from https://registry.example)',
  );
  expect(error.next).toMatch(/lab up|lab\.toml/);
});

it('the last word counts, not what was tried again before it', () => {
  const retried = 'level=warning msg="Failed, retrying in 2s ... (1/3). Error: dial tcp: connect: connection refused"';
  expect(fetchFailure(image, [retried, 'Error: reading manifest: manifest unknown']).code).toBe(
    'missing.upstream-image',
  );
});
