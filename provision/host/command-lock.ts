import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CodeOf, LabError } from '#errors/lab-error.ts';
import { takeFlock } from './flock.ts';
import { readText } from './read-text.ts';
import { wallTime } from './wall-time.ts';

/** What to say when somebody else holds the lock. */
export interface Busy {
  readonly code: CodeOf<'busy'>;
  /** `another command is changing this lab` */
  readonly cause: string;
  /** How to end the holder: `kill 4711` */
  readonly end: (pid: string) => string;
}

/**
 * Takes a lock that names its holder, for one command at a time. It goes with its process, however that ends.
 * @param command as the reader typed it
 * @returns how to give it back; the file stays
 * @throws LabError with the code of `busy`, naming the command that holds it
 */
export async function takeCommandLock(file: string, command: string, busy: Busy): Promise<() => Promise<void>> {
  for (;;) {
    await mkdir(dirname(file), { recursive: true });
    const taken = await takeFlock(file, ['--nonblock']);
    if (taken === 'held') throw await busyError(busy, file);
    if (taken === 'lost') continue;
    await writeFile(file, `${process.pid} ${command}\n`);
    return taken;
  }
}

/**
 * For a command that must not run beside the holder, and needs no lock of its own.
 * @throws LabError with the code of `busy`, naming the command that holds the lock
 */
export async function refuseWhileHeld(file: string, busy: Busy): Promise<void> {
  if (!existsSync(file)) return;
  const taken = await takeFlock(file, ['--nonblock']);
  if (taken === 'held') throw await busyError(busy, file);
  if (typeof taken === 'function') await taken();
}

async function busyError({ code, cause, end }: Busy, file: string): Promise<LabError> {
  const [, pid, holder] = /^(\d+) (.+)$/m.exec((await readText(file)) ?? '') ?? [];
  // The holder writes it once, when it has it.
  const taken = await stat(file).then(
    ({ mtime }) => mtime,
    () => undefined,
  );
  const since = taken === undefined ? '' : `, since ${wallTime(taken, new Date())}`;
  // Whoever has taken it writes itself in a moment later.
  const who = pid === undefined ? 'it has not said which' : `${holder} (process ${pid}${since})`;
  const next = pid === undefined ? 'wait for it' : `wait for it, or ${end(pid)}`;
  return new LabError({ code, cause: `${cause}: ${who}`, next });
}
