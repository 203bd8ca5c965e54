import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { readText } from './read-text.ts';
import { isSystemdHost } from './systemd-host.ts';

export interface UnitsOptions {
  /** PATH of systemctl and dpkg-query; given by tests only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it is written down while packages are installed; another place in tests only. */
  readonly recordFile?: string;
  /** Where units are enabled, below `system` and `user`; another place in tests only. */
  readonly unitsDir?: string;
}

const defaultUnitsDir = '/etc/systemd';
/** Of the host's systemd, and of the one that each user gets: what systemctl(1) calls them, and their directories' names. */
const scopes = ['system', 'user'] as const;
type Scope = (typeof scopes)[number];
/** For a slow host's systemd; a duration of systemd.time(7). */
const busTimeout = '300s';

const defaultRecordFile = '/run/coreos-lab/units-before-install';

const record = z.strictObject({ packages: z.array(z.string()), enabled: z.array(z.string()) });
type InstallRecord = z.output<typeof record>;

/**
 * Runs an installation of packages and disables the units that it enabled: policy-rc.d keeps a service from being started
 * now, not from being started at the host's next boot. What was enabled before is written down first, so that the next call
 * can finish what a killed one left (`disableLeftovers`).
 * @param packages those that `install` is to install
 * @returns the units it disabled, each behind its scope: `system/docker.service`, `user/gpg-agent.socket`
 */
export async function withNewUnitsDisabled(
  packages: readonly string[],
  install: () => Promise<void>,
  options: UnitsOptions = {},
): Promise<readonly string[]> {
  const recordFile = options.recordFile ?? defaultRecordFile;
  const before = await enabledUnits(options);
  await mkdir(dirname(recordFile), { recursive: true });
  await writeFile(recordFile, JSON.stringify({ packages: [...packages], enabled: before } satisfies InstallRecord));
  let disabled: readonly string[] = [];
  try {
    await install();
  } finally {
    disabled = await disable(newlyEnabled(before, await enabledUnits(options)), options);
    await removeRecord(recordFile);
  }
  return disabled;
}

/**
 * Disables what an installation enabled that was killed before it could: only units of the packages it was to install, for
 * much may have happened since. No-op where there was none.
 */
export async function disableLeftovers(options: UnitsOptions = {}): Promise<readonly string[]> {
  const recordFile = options.recordFile ?? defaultRecordFile;
  const text = await readText(recordFile);
  if (text === undefined) return [];
  const { packages, enabled } = parseRecord(text);
  const own = await unitsOf(packages, options);
  const left = newlyEnabled(enabled, await enabledUnits(options)).filter((unit) => own.includes(unit));
  const disabled = await disable(left, options);
  await removeRecord(recordFile);
  return disabled;
}

/** Pure. */
function newlyEnabled(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((unit) => !before.includes(unit));
}

async function removeRecord(file: string): Promise<void> {
  await rm(file, { force: true });
  await rmdir(dirname(file)).catch(() => undefined);
}

/** Written by one process and read by the next: half a record is none. */
function parseRecord(text: string): InstallRecord {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return { packages: [], enabled: [] };
  }
}

/**
 * Units that something has asked for at boot or at a login, by the links that `systemctl enable` makes (systemd.unit(5),
 * "[Install] section options"). Asking systemd itself takes longer than D-Bus waits for an answer on a slow host.
 */
async function enabledUnits({ unitsDir = defaultUnitsDir }: UnitsOptions): Promise<string[]> {
  const units = scopes.map(async (scope) => {
    const names = await enabledIn(join(unitsDir, scope));
    return names.map((name) => `${scope}/${name}`);
  });
  return (await Promise.all(units)).flat();
}

async function enabledIn(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const units = entries
    .filter((entry) => entry.isSymbolicLink())
    .map(async ({ parentPath, name }) => {
      if (parentPath !== dir) return name;
      const target = await readlink(join(parentPath, name));
      // An alias; or a mask, which enables nothing.
      return target === '/dev/null' ? [] : basename(target);
    });
  return [...new Set((await Promise.all(units)).flat())];
}

/** @throws ExecaError when systemctl fails: a service that starts at the next boot must not go unsaid */
async function disable(units: readonly string[], options: UnitsOptions): Promise<readonly string[]> {
  if (units.length === 0) return [];
  const env = { SYSTEMD_BUS_TIMEOUT: busTimeout, ...options.env };
  for (const scope of scopes) {
    const names = units.filter((unit) => unit.startsWith(`${scope}/`)).map((unit) => basename(unit));
    if (names.length > 0)
      await execa('systemctl', [...whose[scope], '--root=/', '--quiet', 'disable', ...names], { env });
  }
  if (isSystemdHost()) await execa('systemctl', ['daemon-reload'], { env });
  return units;
}

/** `--global`: the users' own, for all of them (systemctl(1)). */
const whose: Record<Scope, readonly string[]> = { system: ['--system'], user: ['--global'] };

async function unitsOf(packages: readonly string[], { env }: UnitsOptions): Promise<string[]> {
  const { stdout } = await execa('dpkg-query', ['-L', ...packages], {
    reject: false,
    ...(env === undefined ? {} : { env }),
  });
  return (stdout ?? '').split('\n').flatMap((file) => {
    const scope = scopes.find((one) => file.includes(`/systemd/${one}/`));
    return scope === undefined ? [] : `${scope}/${basename(file)}`;
  });
}
