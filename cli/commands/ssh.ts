import { execa } from 'execa';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { requireRunning } from '../require-running.ts';
import { sshArguments } from '../ssh-arguments.ts';

/**
 * Hands the terminal to the system's ssh; its exit code becomes ours.
 * @param args as behind a host in ssh(1): options of ssh, then a command; `--` ends the options
 */
export async function ssh(from: Invocation, name: string, args: string[]): Promise<void> {
  requireRoot();
  const lab = await lookAtLab(from);
  const machines = lab.machines([name]);
  requireRunning(await lab.provider().status(), name);
  const words = machines.flatMap((machine) => sshArguments(lab, machine));
  const result = await execa('ssh', [...words, ...args], { stdio: 'inherit', reject: false });
  process.exitCode = exitCodeOf(result);
}
