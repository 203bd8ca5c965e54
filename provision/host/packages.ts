import { rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { disableLeftovers, withNewUnitsDisabled } from './enabled-units.ts';
import { purposeOf, requiredPackages } from './package-list.ts';
import { readText } from './read-text.ts';
import { requireRoot } from './require-root.ts';

export interface EnsurePackagesOptions {
  /** false: only say what is missing, as an error. Without it, as LAB_NO_INSTALL has it. */
  readonly install?: boolean;
  /** One line per step, for a person. */
  readonly onProgress?: (line: string) => void;
  readonly packages?: readonly string[];
  /** PATH of the Debian tools and policy-rc.d's place; given by tests only. */
  readonly env?: Readonly<Record<string, string>>;
  readonly policyFile?: string;
  /** Places of `withNewUnitsDisabled`; given by tests only. */
  readonly recordFile?: string;
  readonly unitsDir?: string;
}

const updateDeadlineMs = 300_000;
const installDeadlineMs = 1_800_000;

/**
 * Makes sure that the host's Debian packages are there, installing what is missing without starting any service, now or at
 * the host's next boot.
 * @returns the packages it installed; empty when nothing was missing
 * @throws LabError host.packages (missing and not to be installed, or apt failed: with apt's last lines and the command to
 *   run by hand), host.debian, permission.root
 */
export async function ensurePackages(options: EnsurePackagesOptions): Promise<readonly string[]> {
  const wanted = options.packages ?? Object.keys(requiredPackages);
  const say = (units: readonly string[]) => {
    if (units.length > 0) options.onProgress?.(`disabled for the host's next boot: ${units.join(' ')}`);
  };
  const missing = await missingPackages(wanted, options.env);
  const allowed = options.install ?? mayInstall();
  if (allowed && process.getuid?.() === 0) say(await disableLeftovers(options));
  if (missing.length === 0) return [];
  if (!allowed) throw missingError(missing);
  requireRoot();
  const work = () => withServicesOff(() => install(missing, options), options.policyFile);
  say(await withNewUnitsDisabled(missing, work, options));
  const still = await missingPackages(missing, options.env);
  if (still.length > 0) throw missingError(still);
  return missing;
}

/** As the launcher reads it: `--no-install`, anywhere on the line, sets it too. */
export function mayInstall(): boolean {
  return [undefined, '', '0'].includes(process.env['LAB_NO_INSTALL']);
}

/** The command a person would type for it. */
export function installCommand(packages: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Those of `names` that are not fully installed, in the given order.
 * @throws LabError host.debian where there is no dpkg-query
 */
export async function missingPackages(
  names: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const args = ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...names];
  const result = await execa('dpkg-query', args, { reject: false, env, timeout: 60_000 });
  if (result.code === 'ENOENT') {
    throw new LabError({
      code: 'host.debian',
      cause: 'this host has no dpkg-query: the lab runs on Debian and its derivatives',
      next: 'Run the lab on Debian 12 (bookworm).',
    });
  }
  const installed = new Set(result.stdout.split('\n').filter((line) => line.endsWith(' installed')));
  return names.filter((name) => !installed.has(`${name} installed`));
}

const policyMark = '# made by coreos-lab while it installs packages';

/**
 * Runs `work` while Debian's packages may not start services (the registry and lxcfs belong to the lab, not to the host):
 * a policy-rc.d that answers 101, "action not allowed" (invoke-rc.d(8)). An administrator's own policy file is left alone
 * and obeyed. Ours stops answering so by itself when this process is gone, and a leftover of a killed run is replaced.
 * @param policyFile differs from /usr/sbin/policy-rc.d only in tests
 */
async function withServicesOff<T>(work: () => Promise<T>, policyFile = '/usr/sbin/policy-rc.d'): Promise<T> {
  if (await isOurs(policyFile)) await rm(policyFile, { force: true });
  const script = `#!/bin/sh\n${policyMark}\n[ -d /proc/${process.pid} ] && exit 101\nexit 0\n`;
  try {
    await writeFile(policyFile, script, { flag: 'wx', mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await work();
  }
  try {
    return await work();
  } finally {
    await rm(policyFile, { force: true });
  }
}

async function isOurs(policyFile: string): Promise<boolean> {
  return (await readText(policyFile))?.includes(policyMark) ?? false;
}

async function install(packages: readonly string[], options: EnsurePackagesOptions): Promise<void> {
  const { onProgress } = options;
  onProgress?.(`installing Debian packages: ${packages.join(' ')}`);
  const update = await apt(['update'], updateDeadlineMs, options);
  if (update.failed) onProgress?.('apt-get update failed, trying with the package lists at hand');
  const result = await apt(['install', '-y', '--no-install-recommends', ...packages], installDeadlineMs, options);
  if (!result.failed) return;
  const lines = [...(update.failed ? update.lines : []), ...result.lines];
  const broken = lines.some((line) => line.includes('dpkg --configure -a'));
  throw new LabError({
    code: 'host.packages',
    cause: `apt-get could not install ${packages.join(' ')}${result.timedOut ? ' in time' : ''}`,
    evidence: lines.slice(-15),
    next: `${broken ? 'Run: dpkg --configure -a ; then' : 'Run:'} ${installCommand(packages)}`,
  });
}

interface AptResult {
  readonly failed: boolean;
  readonly timedOut: boolean;
  /** What apt said that matters, oldest first. */
  readonly lines: readonly string[];
}

async function apt(args: readonly string[], deadlineMs: number, options: EnsurePackagesOptions): Promise<AptResult> {
  const running = execa('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: deadlineMs,
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', ...options.env },
  });
  const lines: string[] = [];
  for await (const line of running.iterable({ from: 'all' })) {
    if (/^(?:Setting up |Get:|Hit:|Err:|Fetched |Unpacking |Waiting for cache lock)/.test(line))
      options.onProgress?.(line);
    if (line.trim() !== '') lines.push(line);
    if (lines.length > 200) lines.shift();
  }
  const result = await running;
  if (result.code === 'ENOENT') lines.push('apt-get: command not found');
  return { failed: result.failed, timedOut: result.timedOut, lines };
}

function missingError(missing: readonly string[]): LabError {
  return new LabError({
    code: 'host.packages',
    cause: `Debian packages are missing: ${missing.join(' ')}`,
    evidence: missing.map((name) => `${name} ${purposeOf(name) ?? 'is used by the tests'}`),
    next: `Run: ${installCommand(missing)}`,
  });
}
