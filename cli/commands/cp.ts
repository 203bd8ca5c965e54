import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { shellWords } from '#provision/host/shell-word.ts';
import { exitCodeOf } from '../child-exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { keptConnection, ownConnection } from '../kept-connection.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { placeOf } from '../place-of.ts';
import { printErr } from '../render/terminal.ts';
import { requireRunning } from '../require-running.ts';
import { scpFailed } from '../scp-failed.ts';
import { sshOptions } from '../ssh-arguments.ts';

/**
 * Copies files to a machine, from one, or from one to another, by the system's scp.
 * @throws LabError `usage.place`, `missing.machine`, `missing.path`, `state.machine`, `command.scp`
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
  for (const { machine, path } of places.slice(0, -1)) if (machine === undefined) requireHere(path, options);
  const machines = places.flatMap(({ machine }) => machine ?? []);
  const requireAll = async (): Promise<void> => {
    const status = await lab.provider().status();
    for (const { name } of machines) requireRunning(status, name);
  };
  await requireAll();
  const paths = places.map(({ machine, path }) => (machine === undefined ? path : `core@${machine.address}:${path}`));
  const recursive = options.recursive === true ? ['-r'] : [];
  const [first, ...others] = new Set(machines);
  // Two machines would both be sought behind the one socket.
  const kept = first !== undefined && others.length === 0 ? await keptConnection(lab, first) : ownConnection;
  if (kept.failed !== undefined) throw scpFailed(kept.failed.split('\n'), words);
  // -3: between two machines the bytes go through this host, which has the key.
  const result = await execa('scp', ['-3', ...kept.options, ...recursive, ...sshOptions(lab), '--', ...paths], {
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: 'pipe',
    reject: false,
  });
  if (result.isTerminated) process.exitCode = exitCodeOf(result);
  else if (result.exitCode !== 0) {
    // The machine may have ended meanwhile.
    await requireAll();
    throw scpFailed(result.stderr.split('\n'), words);
  } else if (result.stderr !== '') printErr(result.stderr);
}

/** @throws LabError `missing.path`, `usage.place` */
function requireHere(path: string, { recursive }: { recursive?: boolean }): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new LabError({
      code: 'missing.path',
      cause: `there is no ${path} here`,
      next: `ls ${shellWords([dirname(path)])}`,
    });
  }
  if (found.isDirectory() && recursive !== true) {
    throw new LabError({ code: 'usage.place', cause: `${path} is a directory`, next: `lab cp -r ${path} ...` });
  }
}
