import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { fleetctlEnvironment } from '#scenarios/harness/context/fleetctl-environment.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { runCached } from '../start/run-cached.ts';

/** Runs the same fleetctl as on the machines, pointed at whichever machines run. */
export async function fleetctl(from: Invocation, args: string[]): Promise<void> {
  requireRoot();
  const program = join(from.repoDir, 'dist/machine/bin/fleetctl.cjs');
  const lab = await lookAtLab(from);
  const running = (await lab.provider().status()).machines.filter(({ state }) => state === 'running');
  if (running.length === 0 && !asksForHelp(args)) {
    throw new LabError({ code: 'state.lab-down', cause: `no machine of lab ${lab.config.name} runs`, next: 'lab up' });
  }
  become(fleetctlEnvironment(lab, lab.machines(running.map(({ name }) => name))));
  process.argv = [process.execPath, program, ...args];
  // In this process, whose end is then its end: a Node of its own would take as long again to start.
  runCached(program, join(from.repoDir, 'dist/cli/code-cache'), 'fleetctl');
}

/** The whole environment of this process, from now on. */
function become(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

/** Needs no machine. */
function asksForHelp([command, ...rest]: readonly string[]): boolean {
  const asks = ['help', '-h', '-help', '--help', 'version', '-version', '--version'];
  return (
    command === undefined || asks.includes(command) || rest.some((word) => ['-h', '-help', '--help'].includes(word))
  );
}
