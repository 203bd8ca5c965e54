import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { indexOf } from '../machine-id.ts';
import type { SupervisorMachine } from '../ground/supervisor-spec.ts';
import { execInMachine } from './exec-in-machine.ts';
import { dockerCores } from '../docker-cores.ts';

/**
 * Says in a drop-in of docker.service how many cores a machine has. It is bound into the machine, so that what is written
 * into it is read there by the next `systemctl daemon-reload`, and no path of the machine's own is written to from outside.
 */
export async function writeDockerCores(file: string, { machineId, cpus }: SupervisorMachine): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, dockerCores({ index: indexOf(machineId), cpus }, availableParallelism()));
}

const reloadDeadlineMs = 20_000;

/**
 * Docker counts the cores that its process may run on, each time it is asked (moby, pkg/sysinfo, NumCPU): those that the
 * drop-in names now. A Docker that does not run reads it when it starts.
 */
const takeCores = [
  'systemctl daemon-reload',
  'pid=$(systemctl show --property=MainPID --value docker.service)',
  'cores=$(sed -n "s/^CPUAffinity=\\(..*\\)/\\1/p" /usr/local/lib/systemd/system/docker.service.d/20-cores.conf | tr " " ,)',
  'if [ "$pid" -gt 0 ]; then taskset --all-tasks --cpu-list --pid "$cores" "$pid"; fi',
].join('\n');

/**
 * Has a running machine's Docker report as many cores as the machine has by now.
 * @param initPid the machine's PID 1
 * @throws LabError `command.docker-cores`
 */
export async function showDockerCores(initPid: number): Promise<void> {
  const { exitCode, stderr } = await execInMachine(initPid, ['sh', '-c', `set -e\n${takeCores}`], reloadDeadlineMs);
  if (exitCode === 0) return;
  throw new LabError({
    code: 'command.docker-cores',
    cause: `the machine has its new size, and its Docker could not be told of its cores (exit code ${exitCode})`,
    evidence: stderr.trimEnd().split('\n').slice(-5),
    next: 'lab up',
  });
}
