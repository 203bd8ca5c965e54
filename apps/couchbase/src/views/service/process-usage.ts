import { readFile } from 'node:fs/promises';

/** What a process has cost. */
export interface Usage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

// Linux tells times in USER_HZ, 100 a second on every architecture that Node runs on; pages are 4 KiB there, or larger.
const tickMs = 10;
const pageBytes = 4096;

/** Undefined when there is no such process. Source: proc_pid_stat(5), fields utime, stime and rss. */
export async function processUsage(pid: number): Promise<Usage | undefined> {
  try {
    return readUsage(await readFile(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Reads the text of /proc/PID/stat (proc_pid_stat(5)): CPU time of the process in ms, and what it has in memory in bytes. Pure. */
export function readUsage(stat: string): Usage {
  // The name in brackets may hold anything; what follows it begins with field 3.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [utime = 0, stime = 0, rss = 0] = [fields[11], fields[12], fields[21]];
  return { cpuMs: (utime + stime) * tickMs, residentBytes: rss * pageBytes };
}
