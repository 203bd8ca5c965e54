import { LabError } from '#errors/lab-error.ts';
import { textOrEmpty } from '../../host/text-or-empty.ts';
import type { LabPaths } from './lab-paths.ts';
import { findSupervisor, supervisorProcesses } from './supervisor-process.ts';

/**
 * A supervisor that stands still answers nobody: its machines run on, and would be taken for stopped.
 * @throws LabError `state.supervisor-stopped` with how to let it go on
 */
export function refuseStopped(paths: LabPaths, lab: string): void {
  const found = findSupervisor(paths);
  const named = found === undefined ? [] : [found.unshare, found.init];
  const stopped = [...new Set([...named, ...supervisorProcesses(paths)])].filter(
    (pid) => pid !== undefined && isStopped(textOrEmpty(`/proc/${pid}/stat`)),
  );
  if (stopped.length === 0) return;
  throw new LabError({
    code: 'state.supervisor-stopped',
    cause: `the supervisor of lab ${lab} was stopped (SIGSTOP), so nobody can say what its machines do; they run on`,
    next: `kill -CONT ${stopped.join(' ')}`,
  });
}

/** By a process's /proc/PID/stat: `T` is stopped by a signal, `t` by a debugger (proc_pid_stat(5)). Pure. */
export function isStopped(stat: string): boolean {
  return /^[Tt] /.test(stat.slice(stat.lastIndexOf(')') + 2));
}
