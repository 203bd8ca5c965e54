import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { copyKept } from '../../copy-kept.ts';

/** Below the state directory: the storage pool, what libvirt writes of domains, and of the snapshots in their disks (`vagrant snapshot`). */
export const poolName = 'pool';
const domains = 'libvirt/etc/qemu';
const besides = [domains, 'libvirt/lib/qemu/snapshot', 'machines'];
const registry = 'registry';
/** In a snapshot: disks of boxes, each a second name of the file in the pool. */
const bases = 'bases';

/** DiskCopies of guests. */
export const keptOfGuests: readonly string[] = [poolName, ...besides, registry];

/** What lies in the storage pool of a lab, by its files' names. */
export interface PoolVolumes {
  /** Written by guests. */
  readonly own: readonly string[];
  /** Disks of boxes, on which the guests' own are layers; never written again. */
  readonly base: readonly string[];
}

/** What of a storage pool the domains write to. Pure. @param xmls of the domains (libvirt, "Domain XML format": `disk`, `source`) */
export function sortVolumes(files: readonly string[], xmls: readonly string[], pool: string): PoolVolumes {
  const written = xmls
    .flatMap((xml) => [...xml.matchAll(/<source\s[^>]*\bfile=(['"])(.*?)\1/g)])
    .flatMap(([, , path = '']) => (dirname(path) === pool ? [basename(path)] : []));
  return { own: [...new Set(written)].sort(), base: files.filter((name) => !written.includes(name)).sort() };
}

/** @throws LabError `state.machine` for a guest whose disk is gone */
export async function poolVolumes(stateDir: string): Promise<PoolVolumes> {
  const pool = join(stateDir, poolName);
  const files = (await readdir(join(stateDir, domains)).catch(() => [])).filter((name) => name.endsWith('.xml'));
  const xmls = await Promise.all(files.map(async (name) => readFile(join(stateDir, domains, name), 'utf8')));
  const there = await readdir(pool).catch((): string[] => []);
  const volumes = sortVolumes(there, xmls, pool);
  const gone = volumes.own.find((name) => !there.includes(name));
  if (gone === undefined) return volumes;
  throw new LabError({
    code: 'state.machine',
    cause: `a machine's disk is gone: ${join(pool, gone)}`,
    next: `lab destroy ${basename(gone, '.img')} && lab up`,
  });
}

/**
 * Copies the disks of guests, and what else a snapshot keeps of them. A base volume gets a second name there instead: it would not be
 * written any more, whoever has it.
 *
 * QEMU writes what it still holds of a disk, the tables of its qcow2 format too, when a guest is stopped (vm_stop() in QEMU's
 * softmmu/cpus.c flushes every block device), also one whose cache mode is `unsafe`: so the file is whole as long as the guest stands.
 * @param standStill has every guest that runs stand still, and gives what lets them go on
 * @returns ms for which they stood still
 * @throws LabError `state.machine`, and those of `standStill`
 */
export async function copyGuestDisks(
  stateDir: string,
  to: string,
  standStill: () => Promise<() => Promise<void>>,
): Promise<number> {
  const { own, base } = await poolVolumes(stateDir);
  const at = (name: string) => join(poolName, name);
  await Promise.all([poolName, bases].map(async (name) => mkdir(join(to, name))));
  await linkAll(join(stateDir, poolName), base, join(to, bases));
  await copyKept(stateDir, besides, to);
  const began = performance.now();
  const goOn = await standStill();
  try {
    await Promise.all([...own.map(at), registry].map(async (name) => copyKept(stateDir, [name], to)));
  } finally {
    await goOn();
  }
  return performance.now() - began;
}

/** Makes of a snapshot's directory what is to come in the place of `keptOfGuests`. @param to on the same file system */
export async function copyGuestsBack(from: string, to: string): Promise<void> {
  await copyKept(from, keptOfGuests, to);
  await linkAll(join(from, bases), await readdir(join(from, bases)), join(to, poolName));
}

async function linkAll(from: string, names: readonly string[], to: string): Promise<void> {
  await Promise.all(names.map(async (name) => link(join(from, name), join(to, name))));
}

/** Whether a snapshot's directory has guests' disks: a supervisor that knew of none copies nothing of them. */
export function hasGuestDisks(directory: string): boolean {
  return existsSync(join(directory, poolName));
}
