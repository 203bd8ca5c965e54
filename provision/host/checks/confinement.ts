import { type Check, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

/** user_namespaces(7): the first one maps every number to itself. */
const everyId = ['0', '0', '4294967295'];

/** In a rootless container root is a normal user of the host, whatever capabilities it seems to have. */
export const userNamespace: Check = {
  id: 'user-namespace',
  title: 'User namespace',
  run(probe) {
    const map = probe.read('/proc/self/uid_map');
    const lines = (map ?? '').trim().split('\n');
    const [inside = '', outside = '', count = ''] = (lines[0] ?? '').trim().split(/\s+/);
    // A kernel without user namespaces has no such file.
    if (map === undefined || (lines.length === 1 && [inside, outside, count].join() === everyId.join()))
      return ok('root is the root of the host');
    const who = inside === '0' && outside > '0' ? `user ${outside} of the host` : 'not that of the host';
    return fail(
      `root here is ${who} (a user namespace, as of a rootless container): it cannot make machines`,
      'run the lab as root of the host itself (sudo), in a virtual machine, or in a container that is not rootless',
    );
  },
};

/** Programs that the lab runs on the host; one that is confined does less than it is asked to. */
const programs = ['dnsmasq', 'docker-registry', 'lxcfs', 'node', 'systemd-nspawn', 'tini', 'unshare'];

/** Neither AppArmor nor SELinux is told of the lab: what they confine there may fail far from its cause. */
export const accessControl: Check = {
  id: 'access-control',
  title: 'AppArmor, SELinux',
  run(probe) {
    if (probe.read('/sys/fs/selinux/enforce')?.trim() === '1')
      return warn('SELinux is enforcing; the lab labels nothing, and was not tried so', 'setenforce 0');
    if (probe.read('/sys/module/apparmor/parameters/enabled')?.trim() !== 'Y') return ok('neither confines the lab');
    const confined = confinedPrograms(probe);
    if (confined.length === 0) return ok("AppArmor is on, none of the lab's programs is confined");
    return warn(
      `AppArmor confines ${confined.join(', ')}; the lab was not tried so`,
      `apt-get install -y apparmor-utils && aa-complain ${confined.join(' ')}`,
    );
  },
};

/** A profile has the name of its program, its path, or any name and the path as what it attaches to (apparmor.d(5)). */
function confinedPrograms(probe: HostProbe): string[] {
  const security = '/sys/kernel/security/apparmor';
  const enforced = (probe.read(`${security}/profiles`) ?? '').matchAll(/^(.+) \(enforce\)$/gm);
  const names = new Set([...enforced].map(([, name = '']) => name));
  const policies = `${security}/policy/profiles`;
  const attachments = probe.list(policies).flatMap((entry) => {
    const name = probe.read(`${policies}/${entry}/name`)?.trim() ?? '';
    return names.has(name) ? [probe.read(`${policies}/${entry}/attach`)?.trim() ?? ''] : [];
  });
  const lastPart = (path: string): string => path.split('/').at(-1) ?? '';
  const found = new Set([...[...names].filter((name) => !name.includes('//')), ...attachments].map(lastPart));
  return programs.filter((program) => found.has(program));
}
