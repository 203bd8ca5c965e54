import type { LabUnderTest } from '../harness/context/lab-under-test.ts';
import { containerName } from '../harness/record/unit-name.ts';

/** Name of the container that a unit of the stack runs; undefined for a sidekick, which runs none. Pure. */
export function containerOf(unit: string): string | undefined {
  if (unit.includes('-sidekick@')) return undefined;
  return containerName(unit);
}

/** Wall-clock ms at which Docker started a container on a machine; undefined when there is no such container. */
export async function containerStartedMs(
  lab: Pick<LabUnderTest, 'machine'>,
  machineName: string,
  container: string,
): Promise<number | undefined> {
  const machine = await lab.machine(machineName);
  const { exitCode, stdout } = await machine.exec(['docker', 'inspect', '--format', '{{.State.StartedAt}}', container]);
  const at = Date.parse(stdout.trim());
  return exitCode === 0 && Number.isFinite(at) ? at : undefined;
}
