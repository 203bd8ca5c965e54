import type { Lab } from '#provision/cluster/lab.ts';
import type { LabEvent } from '#provision/cluster/parts/lab-event.ts';
import { deleteSnapshot, restoreSnapshot, saveSnapshot } from '#provision/cluster/snapshots/snapshots.ts';
import { SnapshotStore } from '#provision/cluster/snapshots/snapshot-store.ts';
import { wallTime } from '#provision/host/wall-time.ts';
import { refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { refuseDuringScenario } from '#scenarios/harness/faults/scenario-lock.ts';
import { seconds } from '#errors/seconds.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { statusTable } from '../render/status-table.ts';
import { table } from '../render/table.ts';
import { printOut } from '../render/terminal.ts';

interface Options {
  readonly json?: boolean;
}

/** `lab snapshot save NAME`. */
export async function save(from: Invocation, name: string, options: Options): Promise<void> {
  const saved = await changing(from, options, (lab, on) => saveSnapshot(lab.parts, name, on));
  if (options.json === true) return console.log(JSON.stringify(saved));
  const { tookMs, stoodStillMs, bytes } = saved;
  printOut(
    `snapshot ${name} after ${seconds(tookMs)}: ${megabytes(bytes)}; machines that run stood still for ${seconds(stoodStillMs)}`,
  );
}

/** `lab snapshot restore NAME`: the lab as it was then, and ready. */
export async function restore(from: Invocation, name: string, options: Options): Promise<void> {
  await changing(from, options, async (lab, on, progress) => {
    const result = await restoreSnapshot(lab.parts, name, on);
    progress.stop();
    if (options.json === true) return console.log(JSON.stringify(result));
    printOut(statusTable(await lab.status()));
    printOut(`\nlab ${lab.config.name} is what it was at snapshot ${name}, and ready after ${seconds(result.tookMs)}`);
  });
}

/** `lab snapshot delete NAME`. */
export async function remove(from: Invocation, name: string, options: Options): Promise<void> {
  await changing(from, options, (lab) => deleteSnapshot(lab.parts, name));
  if (options.json === true) console.log(JSON.stringify({ name }));
  else printOut(`snapshot ${name} is gone`);
}

/** `lab snapshot list`. */
export async function list(from: Invocation, options: Options): Promise<void> {
  requireRoot();
  const { paths, config } = await lookAtLab(from);
  const snapshots = await new SnapshotStore(paths.stateDir).list();
  if (options.json === true) return console.log(JSON.stringify(snapshots));
  if (snapshots.length === 0)
    return printOut(`lab ${config.name} has no snapshot. Next: lab snapshot save before-failover`);
  const now = new Date();
  const rows = snapshots.map(({ name, at, bytes, machines }) => [
    name,
    wallTime(new Date(at), now),
    megabytes(bytes).padStart(8),
    machines.map((machine) => machine.name).join(', '),
  ]);
  printOut(table(['SNAPSHOT', 'SAVED', '    DISK', 'MACHINES'], rows));
}

async function changing<T>(
  from: Invocation,
  options: Options,
  work: (lab: Lab, on: (event: LabEvent) => void, progress: Progress) => Promise<T>,
): Promise<T> {
  requireRoot();
  const progress = new Progress();
  const on = options.json === true ? () => undefined : progress.onEvent;
  const lab = await openLab(from, on);
  await refuseDuringScenario(lab.paths);
  refuseStopped(lab.paths, lab.config.name);
  return work(lab, on, progress).finally(() => progress.stop());
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MB`;
}
