import { join } from 'node:path';
import { z } from 'zod';
import { parse } from '../../host/json-text.ts';
import { readText } from '../../host/read-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Login {
  readonly username: string;
  readonly password: string;
}

const form = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })) });

/**
 * Where `docker login`, `podman login` and `buildah login` keep what was typed, the first that there is (containers-auth.json(5)).
 * @returns paths in the order in which buildah reads them
 */
export function loginFiles(env: Environment): string[] {
  const { REGISTRY_AUTH_FILE: named, XDG_RUNTIME_DIR: run, DOCKER_CONFIG: docker, HOME: home } = env;
  if (named) return [named];
  return [
    ...(run ? [join(run, 'containers/auth.json')] : []),
    ...(home ? [join(home, '.config/containers/auth.json')] : []),
    ...(docker ? [join(docker, 'config.json')] : []),
    ...(home ? [join(home, '.docker/config.json')] : []),
  ];
}

/**
 * User and password for a registry, as far as a file has them: what a credential helper keeps is not asked for.
 * @param files as `loginFiles` gives them
 * @param host `HOST:PORT`
 */
export async function registryLogin(files: readonly string[], host: string): Promise<Login | undefined> {
  for (const file of files) {
    const { data } = form.safeParse(parse(await readText(file)));
    const names = [
      host,
      ...['https', 'http'].flatMap((scheme) => ['', '/', '/v1/', '/v2/'].map((end) => `${scheme}://${host}${end}`)),
    ];
    const auth = names.map((name) => data?.auths[name]?.auth).find((found) => found !== undefined && found !== '');
    if (auth === undefined) continue;
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return undefined;
}
