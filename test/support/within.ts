import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Longest that anything a test runs may take, ms: less than what vitest gives an end-to-end test, which would end it without a word. */
const longestMs = 480_000;
/** Until what was shot has ended; what it started outside itself may keep its output open for longer. */
const lastWordsMs = 5_000;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly line: string;
}

/**
 * A subprocess of execa to its end, or for `longestMs`: then it is shot with all below it.
 * @throws Error with every process that began meanwhile, and what was written until then
 */
export async function within<Result extends { stdout?: unknown; stderr?: unknown }>(
  subprocess: Promise<Result> & { readonly pid?: number | undefined },
  what: string,
): Promise<Result> {
  const cancelled = new AbortController();
  const late = pause(longestMs, 'late' as const, { signal: cancelled.signal }).catch(() => 'late' as const);
  const first = await Promise.race([subprocess, late]).finally(() => cancelled.abort());
  if (first !== 'late') return first;
  const since = processes();
  for (const pid of below(since, subprocess.pid ?? -1)) shoot(pid);
  const result = await Promise.race([subprocess, pause(lastWordsMs, undefined)]);
  throw new Error(
    [
      `${what} did not end within ${longestMs} ms; what began meanwhile:`,
      ...since.map(({ line }) => line),
      `stdout: ${String(result?.stdout)}`,
      `stderr: ${String(result?.stderr)}`,
    ].join('\n'),
  );
}

function shoot(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself just now.
  }
}

/** Those that began in the time, as ps(1) shows them. */
function processes(): readonly Process[] {
  const lines = execFileSync('ps', ['-axo', 'pid,ppid,stat,etimes,wchan:20,args'], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line): Process[] => {
    const [pid, parent, , seconds] = line.trim().split(/\s+/u).map(Number);
    const isOurs =
      pid !== undefined && parent !== undefined && seconds !== undefined && seconds <= longestMs / 1000 + 1;
    return isOurs ? [{ pid, parent, line }] : [];
  });
}

function below(all: readonly Process[], root: number): readonly number[] {
  return [root, ...all.filter(({ parent }) => parent === root).flatMap(({ pid }) => below(all, pid))];
}
