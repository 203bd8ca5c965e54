import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { HostGuest } from './host-guest.ts';

export const guestCheckout = '/root/coreos-lab';

/**
 * Makes the guest's checkout what this one is now: tracked files and new ones, with their times; files that are gone here
 * go there too.
 * @param options.installed also with what is built, and with node_modules, so that `./lab` has nothing to install or
 *   build there; otherwise as a fresh clone
 */
export async function syncCheckout(guest: HostGuest, repoDir: string, options: { installed: boolean }): Promise<void> {
  const git = async (...args: string[]) =>
    (await execa('git', ['-C', repoDir, 'ls-files', '-z', '--exclude-standard', ...args])).stdout
      .split('\0')
      .filter(Boolean);
  const files = (await git('--cached', '--others')).filter((path) => existsSync(join(repoDir, path)));
  const ignored = await git('--others', '--ignored', '--directory');
  const built = ignored.filter(
    (path) => ['dist', 'proto'].includes(basename(path)) && !path.startsWith('node_modules/'),
  );
  const input = [...files, ...(options.installed ? built : [])].map((path) => `${path}\0`).join('');
  await guest.ask(
    `mkdir -p ${guestCheckout} && cd ${guestCheckout} && cat >/run/checkout.new && { [ ! -e /root/.checkout ] ||
    sort -z /root/.checkout /run/checkout.new /run/checkout.new | uniq -zu | xargs -0r rm -f --; } &&
    mv /run/checkout.new /root/.checkout`,
    { input: Buffer.from(files.map((path) => `${path}\0`).join('')) },
  );
  // Times to the nanosecond decide whether the build is older than its sources.
  const args = ['--format=posix', '--owner=0', '--group=0', '--null', '--files-from=-'];
  await guest.unpack({ cwd: repoDir, args, input }, guestCheckout);
  if (!options.installed) return;
  await guest.ask(`cd ${guestCheckout} && mkdir -p node_modules &&
    { mountpoint -q node_modules || mount --bind /srv/lab/node_modules node_modules; } &&
    cp package-lock.json node_modules/.coreos-lab-lock`);
}
