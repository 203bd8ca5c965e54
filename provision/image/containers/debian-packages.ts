import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { withWorkDirectory } from '../cache.ts';
import { suiteAptSources } from '../suite-sources.ts';
import { runContained } from '../run-contained.ts';

export interface PackageHost {
  readonly repoDir: string;
  /** Directory for scratch files. */
  readonly work: string;
  /** Debian suite, `bookworm`; the host's apt sources must offer it. */
  readonly suite: string;
}

export interface PackageSet {
  /** Directory that receives the unpacked files. */
  readonly root: string;
  readonly packages: readonly string[];
  /** What these packages and their libraries bring is left out. */
  readonly without: readonly string[];
}

/** Not read by any program of the images: manuals, translations, character set converters, start scripts. */
const excluded = [
  ...['man', 'locale', 'info', 'lintian', 'bug', 'gcc', 'gdb', 'initramfs-tools'].map((name) => `./usr/share/${name}`),
  // Of the documentation, only each package's copyright file stays.
  './usr/share/doc/*/[!c]*',
  './usr/share/doc/*/changelog*',
  './usr/include',
  './usr/lib/*/gconv',
  './etc/init.d',
  './etc/update-motd.d',
  './lib/systemd',
  './usr/lib/systemd',
  './usr/lib/tmpfiles.d',
];
const mergedDirectories = ['bin', 'sbin', 'lib', 'lib64'];

/**
 * Downloads Debian packages with their libraries and unpacks them, running none of their scripts. All sets share one
 * download session, which is most of the time. Roots get the merged /usr layout (Debian's UsrMerge).
 * @throws LabError `command.mmdebstrap` (download), `command.sh` (unpacking), `host.apt-sources`
 */
export async function unpackDebianPackages(
  { repoDir, work, suite }: PackageHost,
  sets: readonly PackageSet[],
  onDetail: (detail: string) => void,
): Promise<void> {
  if (sets.length === 0) return;
  await withWorkDirectory(work, async (downloads) => {
    const jobs = sets.map((set, i) => ({ set, directory: path.join(downloads, String(i)) }));
    for (const { directory } of jobs) await mkdir(directory);
    const script = path.join(repoDir, 'provision/image/containers/fetch-packages.sh');
    const hooks = jobs.map(({ set, directory }) => {
      const words = [directory, set.packages.join(' '), set.without.join(' ')].map(shellQuote);
      return `--extract-hook=${shellQuote(script)} "$1" ${words.join(' ')}`;
    });
    await download([...hooks, suite, path.join(downloads, 'root')], suite, sets, onDetail);
    for (const { set, directory } of jobs) await unpack(directory, set);
  });
}

async function download(
  args: readonly string[],
  suite: string,
  sets: readonly PackageSet[],
  onDetail: (detail: string) => void,
): Promise<void> {
  const { sources, aptOpts } = await suiteAptSources(suite);
  await runContained({
    program: 'mmdebstrap',
    args: ['--variant=extract', ...aptOpts, ...args, ...sources],
    deadlineMs: 10 * 60_000,
    onLine: (line) => {
      if (line.startsWith('I: running apt')) onDetail(line.slice('I: '.length));
      else if (/^Get:\d+ /.test(line)) onDetail(line);
    },
    purpose: `download ${sets.flatMap((set) => set.packages).join(', ')} from Debian ${suite}`,
    next: 'check that `apt-get update` works on this host, then run the command again',
  });
}

async function unpack(directory: string, set: PackageSet): Promise<void> {
  for (const name of mergedDirectories) {
    await mkdir(path.join(set.root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, path.join(set.root, name));
  }
  const script =
    'root=$1; directory=$2; shift 2; for deb in "$directory"/*.deb; do ' +
    'dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink "$@" || exit 1; done';
  await runContained({
    program: 'sh',
    args: ['-c', script, 'sh', set.root, directory, ...excluded.map((pattern) => `--exclude=${pattern}`)],
    deadlineMs: 2 * 60_000,
    purpose: `unpack ${set.packages.join(', ')}`,
    next: 'check the free space of the cache directory (df -h), then run the command again',
  });
  if (set.without.length === 0) return;
  // What goes on top of a base must not bring the links again: copied over the base's, they would replace them.
  for (const name of mergedDirectories) await rm(path.join(set.root, name));
  for (const name of await readdir(path.join(set.root, 'usr'))) {
    const dir = path.join(set.root, 'usr', name);
    if ((await readdir(dir)).length === 0) await rm(dir, { recursive: true });
  }
}

function shellQuote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
