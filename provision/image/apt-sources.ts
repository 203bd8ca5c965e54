import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import { readText } from '../host/read-text.ts';

export interface AptSources {
  /** MIRROR arguments of mmdebstrap: paths of enabled source files (or single `deb …` lines, see mirrorArguments). */
  readonly sources: string[];
  /** `--aptopt=…` arguments that carry the host's way of fetching (proxies, validity checks, timeouts). */
  readonly aptOpts: string[];
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * How this host reaches Debian: its enabled apt source files and its fetch options, ready to be passed to mmdebstrap,
 * whose apt runs with a configuration directory of its own and would know neither.
 * mmdebstrap keeps the options in the new root as /etc/apt/apt.conf.d/99mmdebstrap: remove that file from an image.
 * @param etcApt the apt configuration directory; differs from /etc/apt only in tests
 * @throws LabError `host.apt-sources` when no source is enabled, `command.apt-config` when apt cannot say its options
 */
export async function hostAptSources(etcApt = '/etc/apt'): Promise<AptSources> {
  const [files, dump] = await Promise.all([readSourceFiles(etcApt), aptConfigDump()]);
  const sources = mirrorArguments(files);
  if (sources.length === 0) {
    throw new LabError({
      code: 'host.apt-sources',
      cause: `no apt source is enabled in ${etcApt}/sources.list or ${etcApt}/sources.list.d`,
      next: `add a Debian source to ${etcApt}/sources.list.d (see sources.list(5)), then run: apt-get update`,
    });
  }
  return { sources, aptOpts: fetchOptions(dump) };
}

/**
 * Source files that name at least one entry, as mmdebstrap arguments. An installation medium (`deb cdrom:`) cannot be
 * used by mmdebstrap, so of a file that names one only the other lines are passed, one argument each.
 */
export function mirrorArguments(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path: file, text }) => {
    const active = text.split('\n').filter((line) => /^\s*[^\s#]/.test(line));
    if (!file.endsWith('.list')) return active.some((line) => /^types:/i.test(line)) ? [file] : [];
    const entries = active.filter((line) => /^\s*deb\s/.test(line));
    const usable = entries.filter((line) => !/\scdrom:/.test(line));
    return usable.length === entries.length ? entries.slice(0, 1).map(() => file) : usable.map((line) => line.trim());
  });
}

/**
 * The lines of `apt-config dump` that say how to fetch. Index targets are left out (they describe extra indexes such as
 * AppStream's that no image reads), and so are hooks and directories: they belong to the host's own system.
 */
export function fetchOptions(dump: string): string[] {
  return dump
    .split('\n')
    .filter(
      (line) => /^(Acquire::|APT::Sandbox::User )/.test(line) && !/^Acquire::(IndexTargets|Changelogs)\b/.test(line),
    )
    .map((line) => `--aptopt=${line}`);
}

async function readSourceFiles(etcApt: string): Promise<SourceFile[]> {
  const parts = path.join(etcApt, 'sources.list.d');
  // apt itself skips names with other characters or endings (sources.list(5)), for example *.save and *.disabled.
  const names = (await readdir(parts).catch(() => [])).filter((name) => /^[\w.-]+\.(list|sources)$/.test(name)).sort();
  const paths = [path.join(etcApt, 'sources.list'), ...names.map((name) => path.join(parts, name))];
  const read = paths.map(async (file) => {
    const text = await readText(file);
    return text === undefined ? [] : [{ path: file, text }];
  });
  return (await Promise.all(read)).flat();
}

async function aptConfigDump(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('apt-config', ['dump', '--no-empty'], { timeout: 10_000 });
    return stdout;
  } catch (error) {
    throw new LabError({
      code: 'command.apt-config',
      cause: 'apt-config dump failed, so the way this host reaches its Debian mirror is not known',
      evidence: [error instanceof Error ? error.message : String(error)],
      next: 'run: apt-config dump   (a Debian host has it from the package apt)',
      error,
    });
  }
}
