import { LabError, type CodeOf } from '#errors/lab-error.ts';
import type { UpstreamImage } from './upstream.ts';

type Failure = Pick<UpstreamImage, 'reference' | 'remoteUrl' | 'image'>;

interface Kind {
  readonly code: CodeOf<'host' | 'missing' | 'permission' | 'input' | 'timeout'>;
  /** In what buildah and its libraries print (containers/image, containers/storage, Go's net). */
  readonly says: RegExp;
  readonly why: (failure: Failure, said: RegExpExecArray) => string;
  readonly next: (failure: Failure) => string;
}

const again = 'lab up   (goes on where it stopped; what was fetched is kept)';
const hostOf = ({ remoteUrl }: Failure) => new URL(remoteUrl).host;
const tomlTable = ({ reference }: Failure) => `[images.${reference.replace(/^library\//, '').replace(/:.*/, '')}]`;
const embed = (failure: Failure) => `write source = "embedded" in ${tomlTable(failure)} of lab.toml`;

/** The first that fits is the cause. */
const kinds: readonly Kind[] = [
  {
    code: 'host.space',
    says: /no space left on device|disk quota exceeded/i,
    why: () => 'this host has no space left for it',
    next: () => `lab image prune   (frees the cache of what nobody needs), or free space with df -h; then: ${again}`,
  },
  {
    code: 'input.upstream-image',
    says: /no image found in (?:image index|manifest list) for (architecture [^,\n]+)/,
    why: (_, [, platform = 'this CPU']) => `it has no image for ${platform.replace(/"/g, '')}`,
    next: (failure) =>
      `name another one: image = "NAME:TAG" in ${tomlTable(failure)} of lab.toml; or ${embed(failure)}`,
  },
  {
    code: 'input.upstream-image',
    says: /Digest did not match, expected (sha256:[0-9a-f]+), got (sha256:[0-9a-f]+)|does not match expected|manifest verification failed/i,
    why: () => 'what came is not what its digest says: it was changed, or damaged, on its way',
    next: () => `${again}; when it stays, the registry, or a proxy before it, keeps a damaged copy`,
  },
  {
    code: 'input.upstream-image',
    says: /processing tar file|invalid tar header|gzip: invalid|error parsing manifest|unsupported|invalid character/i,
    why: () => 'what came cannot be unpacked, or is no image of a kind that can run here',
    next: (failure) =>
      `name another one: image = "NAME:TAG" in ${tomlTable(failure)} of lab.toml; or ${embed(failure)}`,
  },
  {
    code: 'permission.upstream',
    says: /unauthorized|access to the resource is denied|authentication required|\b(?:401|403)\b|denied:/i,
    why: (failure) => `${hostOf(failure)} does not let the lab have it (many also say so of a name that is not there)`,
    next: (failure) =>
      `buildah login ${hostOf(failure)}   (or docker login, as root), then: lab up; or another name: image in ${tomlTable(failure)} of lab.toml`,
  },
  {
    code: 'missing.upstream-image',
    says: /manifest unknown|name unknown|not found|\b404\b/i,
    why: (failure) => `${hostOf(failure)} has no image ${failure.image}`,
    next: (failure) =>
      `name one that it has: image = "NAME:TAG" in ${tomlTable(failure)} of lab.toml; or ${embed(failure)}`,
  },
  {
    code: 'host.upstream',
    says: /no such host|connection refused|network is unreachable|no route to host|i\/o timeout|TLS handshake|x509:|tls:|HTTP response to HTTPS client|connection reset|proxyconnect|server misbehaving|\bEOF\b|context deadline exceeded|status: 5\d\d|toomanyrequests|pinging container registry/i,
    why: (failure) => `${failure.remoteUrl} cannot be reached from this host, or does not answer as a registry`,
    next: (failure) => `curl -i ${failure.remoteUrl}/v2/   (a proxy: HTTPS_PROXY), then: lab up; or ${embed(failure)}`,
  },
];

/**
 * Why an image did not come, by what buildah printed. Pure.
 * @param said its last lines
 */
export function fetchFailure(failure: Failure, said: readonly string[], error?: unknown): LabError {
  // Retries say the same before; who asks wants the last word.
  const last = said.findLast((line) => line.startsWith('Error:')) ?? said.join('\n');
  for (const { code, says, why, next } of kinds) {
    const found = says.exec(last);
    if (found === null) continue;
    return new LabError({
      code,
      cause: cause(failure, why(failure, found)),
      evidence: said,
      next: next(failure),
      error,
    });
  }
  return new LabError({
    code: 'command.buildah',
    cause: cause(failure, 'buildah failed'),
    evidence: said,
    next: again,
    error,
  });
}

/** It was not whole within its time. Pure. */
export function fetchTimeout(
  failure: Failure,
  how: { readonly seconds: string; readonly came: string },
  said: readonly string[],
): LabError {
  return new LabError({
    code: 'timeout.upstream-image',
    cause: cause(failure, `it was not whole after ${how.seconds}`),
    evidence: [`came: ${how.came}`, ...said],
    next: `set a longer image_build_deadline under [timers] in lab.toml, then: lab up; or ${embed(failure)}`,
  });
}

/** An image for another CPU or system: a registry that has one only hands it out to everybody. Pure. */
export function wrongPlatform(failure: Failure, has: string, wants: string): LabError {
  return new LabError({
    code: 'input.upstream-image',
    cause: cause(failure, `it is for ${has}, and the machines are ${wants}`),
    next: `name another one: image = "NAME:TAG" in ${tomlTable(failure)} of lab.toml; or ${embed(failure)}`,
  });
}

function cause({ reference, remoteUrl, image }: Failure, why: string): string {
  return `${reference.replace(/^library\//, '')} cannot be fetched (${image} from ${remoteUrl}): ${why}`;
}
