import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LabPaths } from '../../ground/lab-paths.ts';
import { libvirtPlaces } from './libvirt-places.ts';

/**
 * Lays the lab's own directories over libvirt's, in the supervisor's mount namespace: its libvirtd then shares nothing with
 * one that the host may run, and its socket is `<run dir>/libvirt/libvirt-sock`. Domains and volumes outlive it there.
 * @returns argv of the libvirtd to keep running
 */
export async function prepareLibvirt(lab: string, paths: LabPaths): Promise<string[]> {
  const own = (name: string) => join(paths.stateDir, 'libvirt', name);
  const [etc, lib, cache, log, run] = libvirtPlaces;
  const places = {
    [etc]: own('etc'),
    [lib]: own('lib'),
    [cache]: own('cache'),
    [log]: join(paths.logDir, 'libvirt'),
    [run]: join(paths.runDir, 'libvirt'),
  };
  for (const [place, directory] of Object.entries(places)) {
    await mkdir(place, { recursive: true });
    await mkdir(directory, { recursive: true });
    await execa('mount', ['--bind', directory, place]);
  }
  await lendUser(paths);
  await writeFile(join(own('etc'), 'libvirtd.conf'), libvirtdConf);
  await writeFile(join(own('etc'), 'qemu.conf'), qemuConf(lab));
  // In a place of its own too: by default a second libvirtd, the host's or another lab's, finds the first one's lock and ends.
  return ['libvirtd', '--config', '/etc/libvirt/libvirtd.conf', '--pid-file', '/run/libvirt/libvirtd.pid'];
}

/**
 * libvirt looks for its default user before it reads which one to use. Debian's package that makes that user would also have
 * the host start a libvirtd at its next boot, so the user exists in the lab's mount namespace only.
 */
async function lendUser(paths: LabPaths): Promise<void> {
  const lines = {
    passwd: 'libvirt-qemu:x:64055:64055:libvirt:/var/lib/libvirt:/usr/sbin/nologin',
    group: 'libvirt-qemu:x:64055:',
  };
  for (const [name, line] of Object.entries(lines)) {
    const text = await readFile(`/etc/${name}`, 'utf8');
    if (text.split('\n').some((one) => one.startsWith(`${line.split(':')[0]}:`))) continue;
    const file = join(paths.runDir, name);
    await writeFile(file, `${text}${line}\n`);
    await execa('mount', ['--bind', file, `/etc/${name}`]);
  }
}

/** No polkit and no certificates: the socket's directory is root's alone. */
const libvirtdConf = `auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_group = "root"
unix_sock_rw_perms = "0700"
listen_tls = 0
listen_tcp = 0
`;

/**
 * Guests run as root of the lab's namespaces: what confines them is the hypervisor and these namespaces. libvirt's own
 * cgroups, mount namespaces and log daemon need a systemd host or are in the way of the lab's own.
 */
function qemuConf(lab: string): string {
  return `# lab ${lab}
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
`;
}
