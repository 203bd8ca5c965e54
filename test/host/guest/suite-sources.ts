import { readFile } from 'node:fs/promises';
import { LabError } from '../../../errors/lab-error.ts';
import { hostAptSources } from '../../../provision/image/apt-sources.ts';

/** Debian releases that the tests boot. */
export const suites = ['bookworm', 'trixie'] as const;
export type Suite = (typeof suites)[number];

interface SuiteSources {
  /** One line for each suite, ready for a sources.list. */
  readonly lines: readonly string[];
  /** The host's way of fetching, as `--aptopt=…` arguments of mmdebstrap. */
  readonly aptOpts: readonly string[];
}

/**
 * The host's own Debian sources, for another release: the same servers, with the names of the suites replaced. Sources of
 * others (whose suites are not named after the release) are left out: they serve no stock Debian.
 * @throws LabError `host.apt-sources` when no source names the host's own release
 */
export async function suiteSources(suite: Suite): Promise<SuiteSources> {
  const { sources, aptOpts } = await hostAptSources();
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? '';
  const texts = await Promise.all(
    sources.map((source) => (source.startsWith('/') ? readFile(source, 'utf8') : Promise.resolve(source))),
  );
  const lines = texts.flatMap(oneLineEntries).flatMap((line) => renamed(line, codename, suite));
  if (lines.length === 0) {
    throw new LabError({
      code: 'host.apt-sources',
      cause: `no apt source of this host serves its own release (${codename}), so none is known for ${suite}`,
      next: 'add a Debian source to /etc/apt/sources.list.d (see sources.list(5))',
    });
  }
  return { lines, aptOpts };
}

/** Entries in either format, as one `deb …` line for each address and suite. Pure. */
export function oneLineEntries(text: string): string[] {
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

function renamed(line: string, from: string, to: string): string[] {
  const pattern = new RegExp(`(\\s)${from}(-updates|-security)?(/updates)?(?=\\s)`);
  return from !== '' && pattern.test(line) ? [line.replace(pattern, `$1${to}$2$3`)] : [];
}
