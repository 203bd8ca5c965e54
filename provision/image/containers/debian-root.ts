import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suiteAptSources } from '../suite-sources.ts';
import { runContained } from '../run-contained.ts';

const minutes = 60_000;

/** No build reads them: documents, translations, and of the compiler what checks memory or optimises whole programs. */
const excluded = [
  ...['doc', 'man', 'locale', 'info', 'lintian', 'bug'].map((name) => `/usr/share/${name}/*`),
  ...['lto1', 'lib*san.a'].map((name) => `/usr/lib/gcc/*/*/${name}`),
];

/**
 * A whole Debian as a directory, with its devices left out: who runs it mounts its own.
 * @param root made here
 * @throws LabError `command.mmdebstrap`, `host.apt-sources`
 */
export async function makeDebianRoot(
  root: string,
  suite: string,
  packages: readonly string[],
  onDetail: (detail: string) => void,
): Promise<void> {
  const { sources, aptOpts } = await suiteAptSources(suite);
  await runContained({
    program: 'mmdebstrap',
    args: [
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      ...aptOpts,
      '--aptopt=APT::Install-Recommends "false"',
      ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
      suite,
      root,
      ...sources,
    ],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    deadlineMs: 15 * minutes,
    onLine: (line) => {
      if (line.startsWith('I: ')) onDetail(line.slice('I: '.length));
    },
    purpose: `install ${packages.join(', ')} of Debian ${suite}`,
    next: 'check that `apt-get update` works on this host, then run the command again',
  });
  await rm(join(root, 'dev'), { recursive: true });
  await mkdir(join(root, 'dev'));
}
