import { execa } from 'execa';
import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { connectTimeoutS } from '../ssh-timeout.ts';

/** Hands the terminal to the system's ssh; its exit code becomes ours. */
export async function ssh(from: Invocation, name: string, args: string[]): Promise<void> {
  const command = args[0] === '--' ? args.slice(1) : args;
  requireRoot();
  const lab = await lookAtLab(from);
  const [machine] = lab.machines([name]);
  const { state } = (await lab.provider().status()).machines.find((found) => found.name === name) ?? {
    state: 'absent',
  };
  if (machine === undefined || state !== 'running') {
    throw new LabError({ code: 'state.machine', cause: `${name} is ${state}`, next: `lab up ${name}` });
  }
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
    `ConnectTimeout=${connectTimeoutS(lab.config)}`,
  ];
  const result = await execa(
    'ssh',
    [
      // What the caller's ~/.ssh/config says is about other machines.
      '-F',
      '/dev/null',
      ...options.flatMap((option) => ['-o', option]),
      '-i',
      join(lab.paths.keysDir, 'id_ed25519'),
      `core@${machine.address}`,
      ...(command.length > 0 ? ['--', ...command] : []),
    ],
    { stdio: 'inherit', reject: false },
  );
  process.exitCode = exitCodeOf(result);
}
