import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { placeOf } from '../place-of.ts';
import { requireRunning } from '../require-running.ts';
import { sshOptions } from '../ssh-arguments.ts';

/**
 * Copies files to a machine, from one, or from one to another, by the system's scp; its exit code becomes ours.
 * @param words sources, and last where they go: a path here, or `core-01:PATH` (relative to /home/core)
 */
export async function cp(from: Invocation, words: string[], options: { recursive?: boolean }): Promise<void> {
  requireRoot();
  const lab = await lookAtLab(from);
  const places = words.map((word) => placeOf(word, lab.config.machines));
  if (places.length < 2 || places.every(({ machine }) => machine === undefined)) {
    throw new LabError({
      code: 'usage.place',
      cause: places.length < 2 ? `where is ${words.join()} to go?` : `none of ${words.join(', ')} is on a machine`,
      next: 'lab cp notes.txt core-01:, or lab cp core-01:/etc/environment .',
    });
  }
  const status = await lab.provider().status();
  for (const { machine } of places) if (machine !== undefined) requireRunning(status, machine.name);
  const paths = places.map(({ machine, path }) => (machine === undefined ? path : `core@${machine.address}:${path}`));
  const recursive = options.recursive === true ? ['-r'] : [];
  // -3: between two machines the bytes go through this host, which has the key.
  const result = await execa('scp', ['-3', ...recursive, ...sshOptions(lab), '--', ...paths], {
    stdio: 'inherit',
    reject: false,
  });
  process.exitCode = exitCodeOf(result);
}
