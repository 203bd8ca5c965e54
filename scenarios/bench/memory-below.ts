import { readdir, readFile } from 'node:fs/promises';

/**
 * Memory of a process and everything it started, bytes: each page that several share is counted once (PSS).
 * Sources: proc(5), /proc/PID/stat and /proc/PID/smaps_rollup. Needs root.
 */
export async function memoryBelow(root: number): Promise<number> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => ''));
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const family = [...parents.keys()].filter((pid) => isBelow(pid, root, parents));
  const sizes = await Promise.all(
    family.map(async (pid) => pssBytes(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) if (at === root) return true;
  return false;
}

/** The fourth field; the second, the program's name in parentheses, may contain anything. */
function parentOf(stat: string): number | undefined {
  const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return field === undefined ? undefined : Number(field);
}

function pssBytes(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
}
