import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';
import { callSupervisor } from './control-client.ts';
import type { LabPaths } from './lab-paths.ts';

const readyDeadlineMs = 15_000;
const endDeadlineMs = 10_000;

/** Host PIDs of a running supervisor. */
export interface SupervisorPids {
  /** `unshare`, which takes the whole PID namespace down with it (--kill-child). */
  readonly unshare: number;
  /** PID 1 of the lab's namespaces. */
  readonly init: number;
}

/** Starts the supervisor in namespaces of its own and waits until its control socket answers. */
export async function startSupervisor(paths: LabPaths, bundle: string): Promise<SupervisorPids> {
  await mkdir(paths.runDir, { recursive: true });
  await mkdir(paths.logDir, { recursive: true });
  await rm(paths.controlSocket, { force: true });
  const logFile = join(paths.logDir, 'supervisor.log');
  const log = openSync(logFile, 'a');
  const namespaces = ['--pid', '--fork', '--mount-proc', '--mount', '--net', '--kill-child=SIGKILL'];
  // tini is PID 1 of the namespace: it reaps what the machines' systemd-nspawns leave behind, which Node would not.
  const argv = [...namespaces, 'tini', '--', process.execPath, bundle, paths.specFile];
  // Nothing of the caller's environment: it would outlive the caller, and slow every Node start down that it configures.
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };
  const child = spawn('unshare', argv, { detached: true, stdio: ['ignore', log, log], cwd: '/', env });
  closeSync(log);
  child.unref();
  const unshare = child.pid ?? 0;
  await waitUntil({
    condition: "the lab's supervisor answers on its control socket",
    deadlineMs: readyDeadlineMs,
    everyMs: 20,
    evidence: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15),
    next: `look at ${logFile}`,
    check: async () => {
      if (child.exitCode !== null)
        throw new Error(`the supervisor ended with exit code ${child.exitCode}; see ${logFile}`);
      return supervisorAnswers(paths);
    },
  });
  const pids = { unshare, init: childrenOf(unshare)[0] ?? 0 };
  await writeFile(paths.supervisorFile, `${JSON.stringify(pids)}\n`);
  return pids;
}

export async function supervisorAnswers(paths: LabPaths): Promise<boolean> {
  return callSupervisor(paths.controlSocket, 'GET', '/status', undefined, 1_000).then(
    () => true,
    () => false,
  );
}

/** The running supervisor's PIDs, or undefined when it is gone (a PID that was given to another process is not it). */
export function findSupervisor(paths: LabPaths): SupervisorPids | undefined {
  try {
    const pids = JSON.parse(readFileSync(paths.supervisorFile, 'utf8')) as SupervisorPids;
    return isSupervisor(pids.unshare, paths) ? pids : undefined;
  } catch {
    return undefined;
  }
}

/** Ends the supervisor and with it every process of the lab. */
export async function killSupervisor(pids: SupervisorPids, paths: LabPaths): Promise<void> {
  process.kill(pids.unshare, 'SIGKILL');
  await waitUntil({
    condition: "every process of the lab's PID namespace has ended",
    deadlineMs: endDeadlineMs,
    everyMs: 10,
    next: `look at process ${pids.init}`,
    check: () => !isSupervisor(pids.unshare, paths) && !isSupervisor(pids.init, paths),
  });
}

function isSupervisor(pid: number, paths: LabPaths): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(paths.specFile);
  } catch {
    return false;
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .map(Number)
    .filter((n) => n > 0);
}
