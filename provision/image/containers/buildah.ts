import { mkdir, readFile, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runContained } from '../run-contained.ts';

export interface Buildah {
  /** Any command of buildah's; its output lines. */
  run(command: BuildahCommand): Promise<string[]>;
  /** Options of commands that speak to the registry. */
  readonly trust: readonly string[];
  /** Of those that speak to another one, whose certificate counts. */
  readonly signatures: readonly string[];
  /** Directory in which an image's layers lie while they come. */
  readonly incoming: string;
  /** Builds an image with the registry as the only place that FROM can name. */
  build(image: ImageSource, onLine: (line: string) => void): Promise<void>;
  /** Pushes it to the registry, in the form that it has or in Docker's; returns the manifest's digest, `sha256:…`. */
  push(reference: string, form?: 'docker'): Promise<string>;
}

export interface BuildahCommand {
  readonly args: readonly string[];
  /** For the error: what it is to do, and what to try next. */
  readonly purpose: string;
  readonly next?: string;
  readonly deadlineMs?: number;
  readonly onLine?: (line: string) => void;
}

/** What a buildah has beyond a build that begins and ends with nothing. */
interface Kept {
  /** Directory of its layers, which outlives it. */
  readonly root?: string;
}

interface ImageSource {
  /** Name and tag. */
  readonly reference: string;
  readonly dockerfile: string;
  readonly context: string;
  /** The Dockerfile's place in the repository, for errors. */
  readonly shownAs: string;
}

/** Of every `buildah bud`. The format is Docker's: OCI has no ONBUILD. */
export const buildOptions: readonly string[] = ['--isolation', 'chroot', '--format', 'docker'];

const minutes = 60_000;
const next = 'correct the Dockerfile where the last lines point, then run the command again';

/**
 * buildah with all its state below `work` and no configuration of the host's: it builds the same everywhere.
 * @param registry `address:port` of a registry that speaks plain HTTP
 */
export async function prepareBuildah(work: string, registry: string, kept: Kept = {}): Promise<Buildah> {
  const file = (name: string) => path.join(work, name);
  const root = kept.root ?? file('root');
  // buildah gives no other place to this directory, so it has to exist to be bound over; it stays empty on the host.
  await mkdir('/var/lib/containers', { recursive: true });
  for (const name of [root, ...['run', 'tmp', 'containers'].map(file)]) await mkdir(name, { recursive: true });
  const driver = storageDriver((await statfs(work)).type);
  await writeFile(file('storage.conf'), storageConf(driver, root, file('run')));
  await writeFile(file('policy.json'), JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  await writeFile(file('registries.conf'), registriesConf(registry));
  await writeFile(file('containers.conf'), containersConf(await readFile('/proc/self/limits', 'utf8')));
  const common = [
    '--storage-driver',
    driver,
    '--root',
    root,
    '--runroot',
    file('run'),
    '--registries-conf',
    file('registries.conf'),
    '--registries-conf-dir',
    file('run'),
    '--short-name-alias-conf',
    file('aliases.conf'),
  ];
  const signatures = ['--signature-policy', file('policy.json')];
  const trust = ['--tls-verify=false', ...signatures];
  const run = ({ args, onLine, purpose, ...more }: BuildahCommand) =>
    runContained({
      program: 'buildah',
      args: [...common, ...args],
      deadlineMs: more.deadlineMs ?? 10 * minutes,
      containersDir: file('containers'),
      env: {
        CONTAINERS_CONF: file('containers.conf'),
        CONTAINERS_STORAGE_CONF: file('storage.conf'),
        TMPDIR: file('tmp'),
        // A proxy that the host has for other networks does not reach this one.
        ...withoutProxy(process.env, registry),
      },
      ...(onLine === undefined ? {} : { onLine }),
      purpose,
      next: more.next ?? next,
    });
  return {
    run,
    trust,
    signatures,
    incoming: file('tmp'),
    build: async ({ reference, dockerfile, context, shownAs }, onLine) => {
      const options = [...buildOptions, '--layers=false', '--pull=missing', ...trust];
      const args = ['bud', ...options, '--file', dockerfile, '--tag', `${registry}/${reference}`, context];
      await run({ args, purpose: `build ${reference} from ${shownAs}`, onLine });
    },
    push: async (reference, form) => {
      // Level 1: a third of the time of level 6 for a few per cent more bytes, which only cross the lab's own bridge.
      const options = ['--quiet', '--compression-level', '1', '--digestfile', file('digest'), ...trust];
      if (form === 'docker') options.push('--format', 'v2s2');
      const target = `${registry}/${reference}`;
      const args = ['push', ...options, target, `docker://${target}`];
      await run({ args, purpose: `store ${reference} in the registry` });
      return (await readFile(file('digest'), 'utf8')).trim();
    },
  };
}

/**
 * Text of a containers.conf(5) with the limits that this process has itself. By default buildah 1.39 raises them, which a host
 * without CAP_SYS_RESOURCE refuses. Pure.
 * @param limits text of /proc/PID/limits (proc_pid_limits(5))
 */
export function containersConf(limits: string): string {
  const hard = (title: string) => new RegExp(`^${title} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1];
  const ulimits = Object.entries({ nofile: hard('Max open files'), nproc: hard('Max processes') }).flatMap(
    ([name, limit]) => (limit === undefined ? [] : [`"${name}=${limit}:${limit}"`]),
  );
  return `[containers]\ndefault_ulimits = [${ulimits.join(', ')}]\n`;
}

/** Pure. */
function withoutProxy(env: NodeJS.ProcessEnv, registry: string): Record<string, string> {
  const own = [env['NO_PROXY'], env['no_proxy']].find((value) => value !== undefined && value !== '');
  const value = [...(own === undefined ? [] : [own]), registry.replace(/:\d+$/, '')].join(',');
  return { NO_PROXY: value, no_proxy: value };
}

/**
 * overlay builds in half of vfs's time and space, but cannot stand on these file systems (statfs(2) magic numbers of
 * overlayfs, FUSE and NFS).
 */
function storageDriver(fileSystemType: number): 'overlay' | 'vfs' {
  return [0x794c7630, 0x65735546, 0x6969].includes(fileSystemType) ? 'vfs' : 'overlay';
}

function storageConf(driver: string, root: string, run: string): string {
  const [d, r, n] = [driver, root, run].map((value) => JSON.stringify(value));
  return `[storage]\ndriver = ${d}\ngraphroot = ${r}\nrunroot = ${n}\n`;
}

function registriesConf(registry: string): string {
  const at = JSON.stringify(registry);
  return [
    `unqualified-search-registries = [${at}]`,
    'short-name-mode = "disabled"',
    '[[registry]]',
    `location = ${at}`,
    'insecure = true',
    '',
  ].join('\n');
}
