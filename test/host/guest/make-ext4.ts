import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runContained } from '#provision/image/run-contained.ts';

export interface Ext4 {
  readonly source: string;
  /** Further directories, by the place they get. */
  readonly at?: Readonly<Record<string, string>>;
  readonly file: string;
  readonly label: string;
  /** The size of the file system; what is free takes no space on the host. */
  readonly bytes: number;
}

/** Mounts $from1 at $to1 and so on, until the argument `--`, then runs the rest. */
const withMounts = `
while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done
shift
exec nice "$@"`;

/**
 * A file that is an ext4 file system with the content of directories: owners, modes, capabilities and device nodes too.
 * Nothing is copied beforehand: in a mount namespace of its own, mke2fs reads the directories where they are.
 * @throws LabError `command.sh` with mke2fs's last output lines
 */
export async function makeExt4({ source, at = {}, file, label, bytes }: Ext4): Promise<void> {
  const work = `${file}.part`;
  const mounts = Object.entries(at).map(([place, from]) => [from, join(source, place)] as const);
  for (const [, target] of mounts) await mkdir(target, { recursive: true });
  await mkdir(dirname(file), { recursive: true });
  const options = ['-q', '-F', '-t', 'ext4', '-m', '0', '-L', label, '-d', source];
  await runContained({
    program: 'sh',
    args: ['-euc', withMounts, 'sh', ...mounts.flat(), '--', 'mke2fs', ...options, work, `${Math.ceil(bytes / 1024)}k`],
    deadlineMs: 10 * 60_000,
    purpose: `make the disk ${file}`,
    next: 'look at the lines above: most often the disk of this host is full (df -h)',
  });
  await rename(work, file);
}
