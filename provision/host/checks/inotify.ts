import { type Check, type Command, fail, ok, safely, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

/** Seen: 8 instances and 28 watches of root in a machine that has booted. */
const wantedPerMachine = 20;
const leastPerMachine = 10;
const watchesPerMachine = 200;
/** File descriptors looked at; a busy host has some ten thousand. */
const effort = 50_000;

/** The limits are for all of root's processes together, those inside the machines included. */
export const inotify: Check = {
  id: 'kernel-inotify',
  title: 'inotify',
  run(probe, config) {
    const limits = '/proc/sys/fs/inotify';
    const [instances, watches] = ['max_user_instances', 'max_user_watches'].map((file) => {
      const text = probe.read(`${limits}/${file}`)?.trim() ?? '';
      return /^\d+$/.test(text) ? Number(text) : undefined;
    });
    if (instances === undefined) return warn(`${limits} does not say how many there may be`, 'sysctl fs.inotify');
    const used = usedByRoot(probe, config.name);
    const free = instances - used.instances;
    const wanted = wantedPerMachine * config.machines.length;
    const figures = `${free} of root's ${instances} instances are free`;
    if (free < wanted) {
      const text = `${figures}, ${config.machines.length} machines want ${wanted}`;
      const status = free < leastPerMachine * config.machines.length ? fail : warn;
      const value = Math.max(1024, enough(used.instances + wanted));
      return safely(status(text, set('max_user_instances', value)), raise('max_user_instances', value));
    }
    const freeWatches = (watches ?? Infinity) - used.watches;
    const wantedWatches = watchesPerMachine * config.machines.length;
    if (freeWatches >= wantedWatches) return ok(figures);
    const value = Math.max(65_536, enough(used.watches + wantedWatches));
    const text = `${freeWatches} of root's ${watches} watches are free, ${config.machines.length} machines want ${wantedWatches}`;
    return safely(warn(text, set('max_user_watches', value)), raise('max_user_watches', value));
  },
};

/** The next power of two that leaves as much again. */
function enough(count: number): number {
  return 2 ** Math.ceil(Math.log2(count * 2));
}

/** Holds at once, and after a reboot. */
function set(setting: string, value: number): string {
  const file = '/etc/sysctl.d/90-coreos-lab.conf';
  return `echo fs.inotify.${setting}=${value} >> ${file} && sysctl -p ${file}`;
}

/** Holds until the host's next boot: more is for its administrator to write down. */
function raise(setting: string, value: number): Command {
  return ['sysctl', '-w', `fs.inotify.${setting}=${value}`];
}

/** What root's processes hold, without those of this lab: a lab that is up needs no more. */
function usedByRoot(probe: HostProbe, lab: string): { instances: number; watches: number } {
  const used = { instances: 0, watches: 0 };
  let looked = 0;
  for (const pid of probe.list('/proc').filter((name) => /^\d+$/.test(name))) {
    const files = probe.list(`/proc/${pid}/fd`);
    if ((looked += files.length) > effort) break;
    const held = files.filter((fd) => probe.target(`/proc/${pid}/fd/${fd}`) === 'anon_inode:inotify');
    if (held.length === 0 || !isRoots(probe, pid) || isOfLab(probe, pid, lab)) continue;
    used.instances += held.length;
    for (const fd of held)
      used.watches += probe.read(`/proc/${pid}/fdinfo/${fd}`)?.match(/^inotify wd:/gm)?.length ?? 0;
  }
  return used;
}

/** proc_pid_status(5): real, effective, saved, file system. */
function isRoots(probe: HostProbe, pid: string): boolean {
  return /^Uid:\t\d+\t0\t/m.test(probe.read(`/proc/${pid}/status`) ?? '');
}

function isOfLab(probe: HostProbe, pid: string, lab: string): boolean {
  return (probe.read(`/proc/${pid}/cgroup`) ?? '').includes(`/coreos-lab/${lab}/`);
}
