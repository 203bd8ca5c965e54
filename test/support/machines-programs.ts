import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '#provision/config/load-config.ts';
import { contentKey } from '#provision/image/cache.ts';
import { unpackDebianPackages } from '#provision/image/containers/debian-packages.ts';
import { codenameOf } from '#provision/image/suite-sources.ts';
import { ensureKeyed } from './keyed.ts';

/** The release that the machines are made of. */
const suite = 'bookworm';
const packages = ['etcd-server', 'etcd-client'];
const programs = ['etcd', 'etcdctl'];

/**
 * Of vitest's global set-up: what tests hold the lab against are the programs of its machines. A host of another Debian has others (etcd 3.5
 * refuses less, and in other words), so there they come from the machines' release, into the cache.
 */
export default async function machinesPrograms(): Promise<void> {
  if ((await codenameOf('/')) === suite) return;
  const repoDir = join(import.meta.dirname, '../..');
  const onProgress = (line: string) => console.error(`programs of Debian ${suite}: ${line}`);
  const directory = await ensureKeyed({
    parent: join(cacheDirectory(process.env), 'test-programs'),
    key: contentKey([suite, ...packages]),
    onProgress,
    make: async (made) => {
      const root = join(made, 'root');
      await mkdir(root);
      await unpackDebianPackages({ repoDir, work: made, suite }, [{ root, packages, without: [] }], onProgress);
      // Nothing else of that release comes before the host's own.
      await mkdir(join(made, 'bin'));
      for (const name of programs) await symlink(join('../root/usr/bin', name), join(made, 'bin', name));
    },
  });
  process.env['PATH'] = `${join(directory, 'bin')}:${process.env['PATH']}`;
}
