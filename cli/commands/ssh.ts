import { execa } from 'execa';
import { mustHave } from '#errors/must-have.ts';
import { exitCodeOf } from '../child-exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { isCommand, keptConnection, ownConnection, sshFailed } from '../kept-connection.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { printErr } from '../render/terminal.ts';
import { requireRunning } from '../require-running.ts';
import { sshArguments } from '../ssh-arguments.ts';

/**
 * Hands the terminal to the system's ssh; its exit code becomes ours. A command goes over the connection that stays between commands.
 * @param args as behind a host in ssh(1): options of ssh, then a command; `--` ends the options
 */
export async function ssh(from: Invocation, name: string, args: string[]): Promise<void> {
  requireRoot();
  const lab = await lookAtLab(from);
  const [machine] = lab.machines([name]);
  requireRunning(await lab.provider().status(), name);
  const to = mustHave(machine, name);
  const kept = isCommand(args) ? await keptConnection(lab, to) : ownConnection;
  if (kept.failed !== undefined) {
    printErr(kept.failed);
    process.exitCode = sshFailed;
    return;
  }
  const words = [...kept.options, ...sshArguments(lab, to), ...args];
  const result = await execa('ssh', words, { stdio: 'inherit', reject: false });
  process.exitCode = exitCodeOf(result);
}
