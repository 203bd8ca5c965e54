import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Exit code of flock(1) when somebody else holds the lock. */
const heldByOther = 1;

/**
 * Takes flock(2) on a file through a child whose standard input is a pipe from this process: however this process ends,
 * the pipe closes and the kernel frees the lock.
 * @param options of flock(1), e.g. `--nonblock`
 * @returns how to give it back; `held` when somebody else has it; `lost` when the file could not be opened (its
 *   directory was removed meanwhile: try again)
 */
export async function takeFlock(
  file: string,
  options: readonly string[],
): Promise<(() => Promise<void>) | 'held' | 'lost'> {
  const child = spawn('flock', [...options, file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  // Either event decides; a missing flock program rejects `exited` with ENOENT.
  const code = await Promise.race([
    once(child.stdout, 'data').then(() => undefined),
    exited.then(([exitCode]) => exitCode as number | null),
  ]);
  if (code !== undefined) return code === heldByOther ? 'held' : 'lost';
  return async () => {
    child.stdin.end();
    await exited;
  };
}
