import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { mergeJournals } from '../render/merge-journals.ts';
import { sshArguments } from '../ssh-arguments.ts';
import { fleetctl } from './fleetctl.ts';

interface LogsOptions {
  readonly follow?: boolean;
  /** As typed. */
  readonly lines: string;
}

const format = ['--output=short-iso-precise', '--no-hostname', '--no-pager', '--quiet'];

/**
 * Journals: of a unit by fleet, wherever it runs; of one machine; of all, as one. Those of machines that are down are read from
 * their disks, unless they are followed.
 */
export async function logs(from: Invocation, what: string | undefined, options: LogsOptions): Promise<void> {
  requireRoot();
  const lines = lineCount(options.lines);
  const follow = options.follow === true;
  const lab = await lookAtLab(from);
  if (what !== undefined && !lab.config.machines.some(({ name }) => name === what)) {
    refuseNeither(lab, what);
    return fleetctl(from, ['journal', ...(follow ? ['-f'] : []), `--lines=${lines}`, what]);
  }
  const machines = lab.machines(what === undefined ? undefined : [what]).map(({ name }) => name);
  await (follow ? followAll(lab, machines, lines) : print(lab, machines, lines));
}

async function print(lab: Lab, machines: readonly string[], lines: number): Promise<void> {
  const provider = lab.provider();
  const read = await Promise.all(
    machines.map(async (name) => [name, await provider.readJournal(name, [...format, `--lines=${lines}`])] as const),
  );
  const merged = mergeJournals(new Map(read));
  if (merged.length === 0) {
    throw new LabError({
      code: 'missing.journal',
      cause: `there is no journal of ${machines.join(', ')} that could be read`,
      next: 'lab up',
    });
  }
  for (const { machine, line } of merged.slice(-lines)) console.log(prefixed(machines, machine, line));
}

/** Until the last of them ends, or Ctrl-C. */
async function followAll(lab: Lab, machines: readonly string[], lines: number): Promise<void> {
  const { machines: found } = await lab.provider().status();
  const running = lab
    .machines(machines)
    .filter(({ name }) => found.some((m) => m.name === name && m.state === 'running'));
  if (running.length === 0) {
    throw new LabError({ code: 'state.machine', cause: `${machines.join(', ')}: none of them runs`, next: 'lab up' });
  }
  const codes = await Promise.all(
    running.map(async (machine) => {
      const command = ['sudo', 'journalctl', ...format, `--lines=${lines}`, '--follow'];
      const child = execa('ssh', [...sshArguments(lab, machine), '--', ...command], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
        buffer: false,
        reject: false,
      });
      for await (const line of createInterface(child.stdout)) console.log(prefixed(machines, machine.name, line));
      return exitCodeOf(await child);
    }),
  );
  process.exitCode = Math.max(...codes);
}

function prefixed(machines: readonly string[], machine: string, line: string): string {
  return machines.length === 1 ? line : `${machine} | ${line}`;
}

function lineCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new LabError({
    code: 'usage.value',
    cause: `--lines must be a whole number from 1 to 999999, not ${JSON.stringify(text)}`,
    next: 'lab logs --lines 100',
  });
}

/** A name like a machine's that is none is not asked of fleet, which would know as little of it. */
function refuseNeither(lab: Lab, what: string): void {
  if (/^[a-z][a-z0-9-]*-\d+$/.test(what)) lab.machines([what]);
}
