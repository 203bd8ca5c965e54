import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { sshArguments } from '../ssh-arguments.ts';

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
  const words = [...sshArguments(lab, machine), ...(command.length > 0 ? ['--', ...command] : [])];
  const result = await execa('ssh', words, { stdio: 'inherit', reject: false });
  process.exitCode = exitCodeOf(result);
}
