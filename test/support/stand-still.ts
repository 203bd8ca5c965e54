import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Until a stopped process does stand still, ms. */
const stopMs = 10_000;

/**
 * Stops a process, and waits until all its threads stand still: on a busy host a thread may do a good deal between SIGSTOP and its end.
 * @throws Error when it goes on
 */
export async function standStill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  for (const endsAt = Date.now() + stopMs; ; await pause(2)) {
    if (statesOf(pid).every((state) => state === 'T')) return;
    if (Date.now() > endsAt) throw new Error(`process ${pid} still runs ${stopMs} ms after SIGSTOP`);
  }
}

/** Of each thread: proc_pid_stat(5), the field behind the name, which may have brackets of its own. */
function statesOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  });
}
