import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { execa } from 'execa';

/** How this host's npm reaches its registry, for npm in a build. */
export interface HostNpm {
  /** Text of an npmrc. */
  readonly npmrc: string;
  /** Certificates (PEM), where the host's npm trusts others than Node does by itself. */
  readonly certificates: string | undefined;
}

/** What of an npmrc says how to reach registries (npm's "config" page). Directories, scripts and the like are the host's own. */
const passedOn =
  /^(registry|@[^:]+:registry|\/\/.*|proxy|https-proxy|http-proxy|noproxy|ca|ca\[\]|cert|key|strict-ssl|disturl|maxsockets|fetch-[a-z-]+|replace-registry-host)$/;

const npmLimitMs = 60_000;

/**
 * Reads npm's own files and environment. Without npm on the host there is nothing to pass on.
 * @param certificatesAt where the build will find the certificates
 */
export async function hostNpm(env: NodeJS.ProcessEnv, certificatesAt: string): Promise<HostNpm> {
  const settings = await npmSettings(['globalconfig', 'userconfig', 'cafile'], env);
  const [globalFile, userFile, cafile] = settings;
  const texts = await Promise.all([globalFile, userFile].map(textOf));
  const certificates = await certificatesOf(cafile, env);
  const npmrc = npmrcFor(texts, env, certificates === undefined ? undefined : certificatesAt);
  return { npmrc, certificates };
}

/**
 * An npmrc of these files and `npm_config_*` of the environment, which wins; variables in it are put in. Pure.
 * @param cafile undefined: Node's own certificates do
 */
export function npmrcFor(texts: readonly string[], env: NodeJS.ProcessEnv, cafile: string | undefined): string {
  const expanded = (text: string) => text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);
  const lines = texts
    .flatMap((text) => text.split(/\r?\n/))
    .filter((line) => passedOn.test(/^\s*([^\s=]+)\s*=/.exec(line)?.[1] ?? ''))
    .map((line) => expanded(line.trim()));
  const variables = Object.entries(env).flatMap(([name, value]) => {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    return key !== undefined && passedOn.test(key) && value !== undefined && value !== '' ? [`${key}=${value}`] : [];
  });
  const own = [...(cafile === undefined ? [] : [`cafile=${cafile}`]), 'audit=false', 'fund=false', 'fetch-retries=6'];
  return [...lines, ...variables, ...own, ''].join('\n');
}

async function certificatesOf(cafile: string | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // npm takes a cafile in place of Node's own, and NODE_EXTRA_CA_CERTS beside them.
  const extra = await textOf(env['NODE_EXTRA_CA_CERTS']);
  const own = await textOf(cafile);
  if (own !== '') return [own, extra].join('\n');
  return extra === '' ? undefined : [...rootCertificates, extra].join('\n');
}

/** Of several npm prints `key=value`, a line each. */
async function npmSettings(keys: readonly string[], env: NodeJS.ProcessEnv): Promise<(string | undefined)[]> {
  const options = { env, cwd: '/', reject: false, timeout: npmLimitMs, stdin: 'ignore' } as const;
  const asked = await execa('npm', ['config', 'get', ...keys], options);
  const lines = asked.failed ? [] : asked.stdout.split('\n');
  return keys.map((key) => {
    const value = lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);
    return value === undefined || ['', 'null', 'undefined'].includes(value) ? undefined : value;
  });
}

/** Empty for a file that is not there. */
async function textOf(file: string | undefined): Promise<string> {
  return file === undefined ? '' : readFile(file, 'utf8').catch(() => '');
}
