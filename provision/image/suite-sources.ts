import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { type AptSources, hostAptSources } from './apt-sources.ts';

/**
 * The host's apt sources for a Debian suite: as they are on a host of that release, else its Debian ones.
 * @throws LabError `host.apt-sources` when no source names the host's own release, or none is enabled
 */
export async function suiteAptSources(suite: string): Promise<AptSources> {
  return (await codenameOf('/')) === suite ? hostAptSources() : debianSources(suite);
}

/** Codename of the release in a root directory: `bookworm`; undefined when it names none (os-release(5), VERSION_CODENAME=). */
export async function codenameOf(root: string): Promise<string | undefined> {
  return /^VERSION_CODENAME=(\w+)/m.exec(await readFile(join(root, 'etc/os-release'), 'utf8'))?.[1];
}

/**
 * The host's servers of Debian, for a suite: one line each, with the names of the host's own suites replaced. Sources of
 * others, whose suites are not named after a release, serve no stock Debian and are left out.
 * @throws LabError `host.apt-sources`
 */
export async function debianSources(suite: string): Promise<AptSources> {
  const { sources, aptOpts } = await hostAptSources();
  const release = await codenameOf('/');
  const texts = await Promise.all(
    sources.map((source) => (isAbsolute(source) ? readFile(source, 'utf8') : Promise.resolve(source))),
  );
  const lines = suiteLines(texts, release, suite);
  if (lines.length > 0) return { sources: lines, aptOpts };
  throw new LabError({
    code: 'host.apt-sources',
    cause: `no apt source of this host serves its own release (${release ?? 'which has no codename'}), so none is known for ${suite}`,
    next: 'add a Debian source to /etc/apt/sources.list.d (see sources.list(5))',
  });
}

/**
 * One `deb` line for each address and suite of these source files, for another release than the host's. Pure.
 * @param release codename of the host's, where it has one
 */
export function suiteLines(texts: readonly string[], release: string | undefined, suite: string): string[] {
  // A suite that the host names already needs no other's name.
  const entries = texts.flatMap(oneLineEntries);
  const own = entries.filter((line) => new RegExp(`\\s${suite}(-\\w+)?(/updates)?\\s`).test(line));
  return own.length > 0 ? own : [...new Set(entries.flatMap((line) => renamed(line, release, suite)))];
}

/** Entries in either format, as one `deb …` line for each address and suite. Pure. */
function oneLineEntries(text: string): string[] {
  const active = text.split('\n').filter((line) => !line.startsWith('#'));
  if (!active.some((line) => /^types:/i.test(line))) return active.filter((line) => /^\s*deb\s/.test(line));
  return active
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap(entriesOfStanza);
}

function entriesOfStanza(stanza: string): string[] {
  const words = (field: string): string[] => {
    const value = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '';
    return value.split(/\s+/).filter(Boolean);
  };
  if (!words('Types').includes('deb') || words('Enabled')[0] === 'no') return [];
  const key = words('Signed-By');
  const options = key.length === 1 && key[0]?.startsWith('/') ? `[signed-by=${key[0]}] ` : '';
  return words('URIs').flatMap((uri) =>
    words('Suites').map((suite) => `deb ${options}${uri} ${suite} ${words('Components').join(' ')}`),
  );
}

/** Besides its codename a release has a name that moves on (Debian's "releases": stable, testing, unstable). */
function renamed(line: string, release: string | undefined, suite: string): string[] {
  const names = [...(release === undefined ? [] : [release]), 'stable', 'testing', 'unstable', 'sid'].join('|');
  const pattern = new RegExp(`(\\s)(?:${names})(-updates|-security)?(/updates)?(?=\\s)`);
  return pattern.test(line) ? [line.replace(pattern, `$1${suite}$2$3`)] : [];
}
