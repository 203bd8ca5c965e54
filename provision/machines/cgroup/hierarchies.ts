import { readFile } from 'node:fs/promises';

/** One mounted cgroup hierarchy of the host. */
export interface Hierarchy {
  readonly mount: string;
  readonly version: 1 | 2;
  /** Controllers of a v1 hierarchy (`cpu`, `memory`, ...; `name=systemd`); empty for v2. */
  readonly controllers: readonly string[];
}

/** The host's cgroup hierarchies: v1, v2, or both at once ("hybrid"). Source: proc(5), cgroups(7). */
export async function hostHierarchies(): Promise<Hierarchy[]> {
  return parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** The cgroup hierarchies of a `/proc/PID/mountinfo` (proc(5)), below /sys/fs/cgroup, the last mount of a place counting. Pure. */
export function parseHierarchies(mountinfo: string): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const mount = before?.split(' ')[4];
    const [type, , superOptions] = after?.split(' ') ?? [];
    if (mount === undefined || !mount.startsWith('/sys/fs/cgroup')) continue;
    if (type === 'cgroup2') found.set(mount, { mount, version: 2, controllers: [] });
    if (type === 'cgroup') {
      const options = (superOptions ?? '')
        .split(',')
        .filter((option) => !['rw', 'ro', 'xattr', 'clone_children'].includes(option));
      found.set(mount, { mount, version: 1, controllers: options });
    }
  }
  return [...found.values()];
}
