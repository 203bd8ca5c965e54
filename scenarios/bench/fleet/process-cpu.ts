import { readdir, readFile } from 'node:fs/promises';

/** Linux counts ended children's time in ticks of 10 ms (proc(5), USER_HZ). */
const tickMs = 10;

/**
 * CPU time that a process has used so far, ms: its threads', without children. 0 for one that is gone.
 * Source: the kernel's sched-stats, /proc/PID/task/TID/schedstat.
 */
export async function ownCpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const all = await Promise.all(threads.map((thread) => threadMs(`/proc/${pid}/task/${thread}`)));
  return all.reduce((sum, ms) => sum + ms, 0);
}

/** The same with its ended children's and its living children's. */
export async function familyCpuMs(pid: number): Promise<number> {
  const living = await Promise.all((await childrenOf(pid)).map((child) => familyCpuMs(child)));
  return living.reduce((sum, ms) => sum + ms, (await ownCpuMs(pid)) + (await endedChildrenMs(pid)));
}

/** Resident memory of a process without its children, bytes. Source: proc(5), /proc/PID/statm. */
export async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4096;
}

/** PIDs of children, in the order of their start. Source: proc(5), /proc/PID/task/TID/children. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const texts = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return texts
    .flatMap((text) => text.split(' '))
    .filter((word) => word.trim() !== '')
    .map(Number)
    .sort((a, b) => a - b);
}

async function threadMs(task: string): Promise<number> {
  const [ns = '0'] = (await readFile(`${task}/schedstat`, 'utf8').catch(() => '')).split(' ');
  return Number(ns) / 1e6;
}

/** CPU time of its children that have ended, ms. Fields 16 and 17 of /proc/PID/stat; the second, the program's name in parentheses, may contain anything. */
export async function endedChildrenMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * tickMs;
}
