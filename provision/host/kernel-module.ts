import type { HostProbe } from './host-probe.ts';

/**
 * `there`: loaded or built in. `loads`: the kernel loads it itself when it is first used. `absent`: this kernel has none.
 * `unknown`: the host has no lists of its modules (a container, or everything built in).
 */
export type KernelModule =
  | { readonly state: 'there' | 'loads' | 'absent' | 'unknown' }
  | { readonly state: 'barred'; readonly why: string; readonly fix: string };

/** What the kernel has, or would have when asked for it. */
export function kernelModule(probe: HostProbe, name: string): KernelModule {
  if (probe.exists(`/sys/module/${name}`)) return { state: 'there' };
  const release = (probe.read('/proc/sys/kernel/osrelease') ?? '').trim();
  const list = (file: string): string => probe.read(`/lib/modules/${release}/${file}`) ?? '';
  const [loadable, builtIn] = [list('modules.dep'), list('modules.builtin')];
  const isIn = (text: string): boolean => new RegExp(`(?:^|/)${name}\\.ko`, 'm').test(text);
  if (isIn(builtIn)) return { state: 'there' };
  if (isIn(loadable)) return obstacle(probe, name) ?? { state: 'loads' };
  return { state: loadable === '' && builtIn === '' ? 'unknown' : 'absent' };
}

/** Whether the kernel has a file system by now; its module may still come. */
export function hasFileSystem(probe: HostProbe, type: string): boolean {
  return new RegExp(`^(?:nodev)?\\t${type}$`, 'm').test(probe.read('/proc/filesystems') ?? '');
}

/** Kernels without CONFIG_MODULES have no such file: what they lack now they lack for ever. */
export function loadsModules(probe: HostProbe): boolean {
  return probe.exists('/proc/modules');
}

function obstacle(probe: HostProbe, name: string): KernelModule | undefined {
  if (probe.read('/proc/sys/kernel/modules_disabled')?.trim() === '1')
    return {
      state: 'barred',
      why: 'the kernel loads no more modules (kernel.modules_disabled)',
      fix: `echo ${name} > /etc/modules-load.d/coreos-lab-${name}.conf, then reboot`,
    };
  const helper = probe.read('/proc/sys/kernel/modprobe')?.trim();
  if (helper !== undefined && (helper === '' || !probe.exists(helper)))
    return {
      state: 'barred',
      why: helper === '' ? 'kernel.modprobe names no program to load it' : `there is no ${helper} to load it`,
      fix: `apt-get install -y kmod && modprobe ${name}`,
    };
  return modprobeRule(probe, name);
}

const ruleDirs = ['/etc/modprobe.d', '/run/modprobe.d', '/usr/lib/modprobe.d', '/lib/modprobe.d'];

/** modprobe.d(5): a hardened host says `install overlay /bin/false`; a blacklisted module does not load by itself. */
function modprobeRule(probe: HostProbe, name: string): KernelModule | undefined {
  const either = name.replaceAll('_', '[-_]');
  const forbids = new RegExp(`^\\s*install\\s+${either}\\s+\\S*/(?:true|false)\\b.*$`, 'm');
  const blacklists = new RegExp(`^\\s*blacklist\\s+${either}\\s*$`, 'm');
  const files = ruleDirs.flatMap((dir) => probe.list(dir).map((file) => `${dir}/${file}`));
  for (const file of files.filter((path) => path.endsWith('.conf'))) {
    const text = probe.read(file) ?? '';
    const line = forbids.exec(text)?.[0].trim();
    if (line !== undefined)
      return { state: 'barred', why: `${file} forbids it`, fix: `take the line \`${line}\` out of ${file}` };
    if (blacklists.test(text))
      return { state: 'barred', why: `${file} keeps it from loading by itself`, fix: `modprobe ${name}` };
  }
  return undefined;
}
