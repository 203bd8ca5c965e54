import { execa } from 'execa';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { requireRunning } from '../require-running.ts';
import { sshArguments } from '../ssh-arguments.ts';

/** Hands the terminal to the system's ssh; its exit code becomes ours. */
export async function ssh(from: Invocation, name: string, args: string[]): Promise<void> {
  const command = args[0] === '--' ? args.slice(1) : args;
  requireRoot();
  const lab = await lookAtLab(from);
  const machines = lab.machines([name]);
  requireRunning(await lab.provider().status(), name);
  const words = machines.flatMap((machine) => sshArguments(lab, machine));
  if (command.length > 0) words.push('--', ...command);
  const result = await execa('ssh', words, { stdio: 'inherit', reject: false });
  process.exitCode = exitCodeOf(result);
}
