import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';

const packLimitMs = 5 * 60_000;

/**
 * Node as its own archives lay it out (bin, lib, include), made of the running one.
 * @param root made here
 * @param npm package and version, `npm@10.9.4`; the host's npm fetches it, for its own may be of any version, or spread over Debian's packages
 * @param nodeBinary the program; its headers are looked for beside its directory
 * @throws LabError `host.npm`
 */
export async function makeNodeTree(root: string, npm: string, nodeBinary: string): Promise<void> {
  for (const directory of ['bin', 'lib/node_modules', 'include', 'etc'])
    await mkdir(join(root, directory), { recursive: true });
  const node = join(root, 'bin/node');
  await copyFile(nodeBinary, node, constants.COPYFILE_FICLONE);
  await chmod(node, 0o755);
  await unpackNpm(npm, join(root, 'lib/node_modules'));
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'bin', name));
  const headers = join(dirname(dirname(nodeBinary)), 'include/node');
  const hasHeaders = existsSync(join(headers, 'node_version.h'));
  if (hasHeaders) await cp(headers, join(root, 'include/node'), { recursive: true });
  // Without headers of its own, node-gyp fetches them.
  const settings = [...(hasHeaders ? ['nodedir=/usr/local'] : []), 'jobs=max', 'update-notifier=false'];
  await writeFile(join(root, 'etc/npmrc'), `${settings.join('\n')}\n`);
}

async function unpackNpm(npm: string, modules: string): Promise<void> {
  const options = { cwd: modules, timeout: packLimitMs, stdin: 'ignore', all: true } as const;
  const packed = await execa('npm', ['pack', '--silent', npm], { ...options, reject: false });
  const archive = (await readdir(modules)).find((name) => name.endsWith('.tgz'));
  if (packed.failed || archive === undefined) {
    throw new LabError({
      code: 'host.npm',
      cause: `npm cannot fetch ${npm}, which the image library/node has: ${packed.shortMessage ?? 'it brought nothing'}`,
      evidence: packed.all.split('\n').slice(-10),
      next: '`npm ping` says whether npm reaches its registry; then run the command again',
    });
  }
  await execa('tar', ['-xzf', archive, '--transform', 's,^package,npm,', '--no-same-owner'], options);
  await execa('rm', [archive], options);
}
