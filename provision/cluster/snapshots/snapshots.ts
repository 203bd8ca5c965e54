import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { DiskCopies } from '../../machines/machine-provider.ts';
import { parseSupervisorSpec } from '../../machines/ground/read-supervisor-spec.ts';
import { bringUp, type UpResult } from '../up/bring-up.ts';
import { readDiskSettings } from '../in-force/read-in-force.ts';
import { inPhase, type OnLabEvent } from '../parts/lab-event.ts';
import { withLabLock } from '../parts/lab-lock.ts';
import type { LabParts } from '../parts/lab-parts.ts';
import { misfit, type SnapshotRecord } from './snapshot-record.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { beginSwap, settleSwap, swapDisks } from '../up/swap-disks.ts';

/** Left free on the host's disk, bytes: what runs goes on writing. */
const spareBytes = 256 * 1024 ** 2;

export interface SavedSnapshot extends SnapshotRecord {
  readonly name: string;
  /** ms from the command to the snapshot, and of these the machines stood still. */
  readonly tookMs: number;
  readonly stoodStillMs: number;
}

/**
 * Keeps the lab's disks, and what was pushed to its registry, as they are at one instant, whether it runs or not.
 * @throws LabError `usage.snapshot-name`, `state.snapshot-exists`, `state.machine`, `state.lab-down`, `unbuilt.snapshots`, `host.snapshot-space`
 */
export async function saveSnapshot(lab: LabParts, name: string, on: OnLabEvent): Promise<SavedSnapshot> {
  const began = performance.now();
  const { provider, paths } = lab;
  const store = new SnapshotStore(paths.stateDir);
  const copies = copiesOf(lab);
  store.refuseTaken(name);
  return withLabLock(paths, `lab snapshot save ${name}`, async () => {
    await settle(lab, store);
    store.refuseTaken(name);
    const { machines } = await provider.status();
    const absent = machines.filter(({ state }) => state === 'absent').map((machine) => machine.name);
    if (machines.length === 0 || absent.length > 0) throw noDisk(lab, absent);
    await requireRoom(paths.stateDir, await copies.diskBytes());
    const detail = 'copy all disks at one instant';
    return inPhase(on, { subject: 'lab', phase: 'snapshot', detail }, async () => {
      const directory = await store.begin(name);
      const at = new Date().toISOString();
      const stoodStillMs = await copies.copyDisks(directory);
      const record: SnapshotRecord = { at, ...(await describe(lab)), bytes: await bytesOf(lab, copies, directory) };
      await store.keep(name, directory, record);
      return { name, ...record, tookMs: performance.now() - began, stoodStillMs };
    });
  });
}

/**
 * Has the lab's disks be those of a snapshot, and boots all machines from them. What the lab has now is lost, all at once or not at all.
 * @throws LabError `missing.snapshot`, `state.snapshot`, `unbuilt.snapshots`, `host.snapshot-space`, and those of `lab up`
 */
export async function restoreSnapshot(lab: LabParts, name: string, on: OnLabEvent): Promise<UpResult> {
  const began = performance.now();
  const { provider, paths, config } = lab;
  const store = new SnapshotStore(paths.stateDir);
  const copies = copiesOf(lab);
  await store.read(name);
  return withLabLock(paths, `lab snapshot restore ${name}`, async () => {
    await settle(lab, store);
    const record = await store.read(name);
    await refuseMisfit(lab, name, record);
    // The old disks stay until the new ones are whole.
    await requireRoom(paths.stateDir, record.bytes);
    await inPhase(on, { subject: 'lab', phase: 'disks', detail: `those of snapshot ${name}` }, async () => {
      const coming = await beginSwap(paths.stateDir, copies.kept);
      await copies.copyBack(store.directory(name), coming);
    });
    await inPhase(on, { subject: 'lab', phase: 'end', detail: 'pull the cord of what runs' }, () =>
      provider.endGround(),
    );
    await swapDisks(paths.stateDir);
    const names = config.machines.map((machine) => machine.name);
    const { steps, clusterReady } = await bringUp(lab, names, { on });
    return { steps, clusterReady, tookMs: performance.now() - began };
  });
}

/** @throws LabError `missing.snapshot` */
export async function deleteSnapshot(lab: LabParts, name: string): Promise<void> {
  const store = new SnapshotStore(lab.paths.stateDir);
  await store.read(name).catch((error: unknown) => {
    // One that is damaged can go, too.
    if (!existsSync(store.directory(name)) || (error as LabError).code !== 'missing.snapshot') throw error;
  });
  await withLabLock(lab.paths, `lab snapshot delete ${name}`, () => store.remove(name));
}

/** @throws LabError `unbuilt.snapshots` */
function copiesOf({ provider }: LabParts): DiskCopies {
  if (provider.copies !== undefined) return provider.copies;
  throw new LabError({
    code: 'unbuilt.snapshots',
    cause:
      "snapshots of a whole lab are built for containers and for guests of libvirt, and its machines are VirtualBox's",
    next: 'vagrant snapshot save NAME, of each machine for itself; or a lab of containers: lab destroy && lab up --provider nspawn',
  });
}

async function settle({ paths }: LabParts, store: SnapshotStore): Promise<void> {
  await settleSwap(paths.stateDir);
  await store.clear();
}

async function describe({ paths }: LabParts): Promise<Pick<SnapshotRecord, 'guestsOf' | 'machines' | 'settings'>> {
  const spec = parseSupervisorSpec(await readFile(paths.specFile, 'utf8'), paths.specFile);
  const settings = await readDiskSettings(paths.stateDir);
  const { guestsOf } = spec;
  const machines = spec.machines.map(({ name, address, machineId, osRoot }) => ({
    name,
    address,
    machineId,
    ...(guestsOf === undefined ? { osRoot } : {}),
  }));
  return {
    ...(guestsOf === undefined ? {} : { guestsOf }),
    machines,
    ...(settings === undefined ? {} : { settings }),
  };
}

async function refuseMisfit(lab: LabParts, name: string, record: SnapshotRecord): Promise<void> {
  const now = await describe(lab);
  const misfits = misfit(record, { guestsOf: now.guestsOf, machines: now.machines, settings: now.settings });
  const gone = record.machines.find(({ osRoot }) => osRoot !== undefined && !existsSync(osRoot));
  const why = misfits ?? (gone && `${gone.name} was made from an OS image that is gone: ${gone.osRoot ?? ''}`);
  if (why === undefined) return;
  throw new LabError({
    code: 'state.snapshot',
    cause: `snapshot ${name} does not fit this lab: ${why}`,
    next: `lab snapshot delete ${name}${misfits === undefined ? '' : '; or make the lab what it was: config.rb, lab.toml'}`,
  });
}

async function requireRoom(directory: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= needed + spareBytes) return;
  const mb = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MB`;
  throw new LabError({
    code: 'host.snapshot-space',
    cause: `the disks take ${mb(needed)}, and ${directory} has ${mb(free)} free (${mb(spareBytes)} are left for what runs)`,
    next: 'lab snapshot list says what each takes: lab snapshot delete NAME; lab image prune',
  });
}

/** What a snapshot takes of the disk beyond what it shares with the lab's disks: du(1) counts no file twice. */
async function bytesOf({ paths }: LabParts, { kept }: DiskCopies, directory: string): Promise<number> {
  const disks = kept.slice(0, 1).map((name) => join(paths.stateDir, name));
  // A machine that runs may take a file away under its hands, which is no failure of the snapshot's.
  const { stdout } = await execa('du', ['--summarize', '--block-size=1', ...disks, directory], { reject: false });
  return Number(stdout.split('\n').at(-1)?.split('\t')[0]);
}

function noDisk({ config }: LabParts, absent: readonly string[]): LabError {
  const what = absent.length === config.machines.length ? 'no machine of it has' : `${absent.join(', ')} has`;
  return new LabError({
    code: 'state.machine',
    cause: `lab ${config.name} has nothing to keep: ${what} ${absent.length === config.machines.length ? 'a' : 'no'} disk`,
    next: 'lab up',
  });
}
