import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import { shellWord } from '#provision/host/shell-word.ts';
import { exitCodeOf } from '../child-exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { lookAtLab, requireRoot } from '../open-lab.ts';
import { mergeJournals } from '../render/merge-journals.ts';
import { sshArguments } from '../ssh-arguments.ts';

interface LogsOptions {
  readonly follow?: boolean;
  /** As typed. */
  readonly lines: string;
}

const format = ['--output=short-iso-precise', '--no-hostname', '--no-pager', '--quiet'];

/**
 * Journals: of a unit, fleet's or the machine's own, wherever it runs or ran; of one machine; of all, as one. Those of machines that
 * are down are read from their disks, unless they are followed.
 */
export async function logs(from: Invocation, what: string | undefined, options: LogsOptions): Promise<void> {
  requireRoot();
  const lines = lineCount(options.lines);
  const follow = options.follow === true;
  const lab = await lookAtLab(from);
  const wanted = wantedOf(lab, what, lines);
  await (follow ? followAll(lab, wanted) : print(lab, wanted));
}

/** Which journals, what of them, and the words of journalctl for it. */
interface Wanted {
  readonly machines: readonly string[];
  readonly unit: string | undefined;
  readonly lines: number;
  readonly words: readonly string[];
}

/** A unit is looked for on all machines: it may have run on several. */
function wantedOf(lab: Lab, what: string | undefined, lines: number): Wanted {
  const isMachine = what !== undefined && lab.config.machines.some(({ name }) => name === what);
  if (what !== undefined && !isMachine) refuseNeither(lab, what);
  const unit = isMachine ? undefined : what;
  return {
    machines: lab.machines(isMachine ? [what] : undefined).map(({ name }) => name),
    unit,
    lines,
    words: [...format, `--lines=${lines}`, ...(unit === undefined ? [] : [`--unit=${unit}`])],
  };
}

async function print(lab: Lab, { machines, unit, lines, words }: Wanted): Promise<void> {
  const provider = lab.provider();
  const read = await Promise.all(
    machines.map(async (name) => [name, await provider.readJournal(name, words)] as const),
  );
  const merged = mergeJournals(new Map(read));
  if (merged.length === 0) {
    throw new LabError({
      code: 'missing.journal',
      cause: `${machines.join(', ')}: no journal that can be read has a word of ${unit ?? 'it'}`,
      next: unit === undefined ? 'lab up' : 'lab fleetctl list-units; lab ssh core-01 -- systemctl list-units',
    });
  }
  for (const { machine, line } of merged.slice(-lines)) console.log(prefixed(machines, machine, line));
}

/** Until the last of them ends, or Ctrl-C. */
async function followAll(lab: Lab, { machines, words }: Wanted): Promise<void> {
  const { machines: found } = await lab.provider().status();
  const running = lab
    .machines(machines)
    .filter(({ name }) => found.some((m) => m.name === name && m.state === 'running'));
  if (running.length === 0) {
    throw new LabError({ code: 'state.machine', cause: `${machines.join(', ')}: none of them runs`, next: 'lab up' });
  }
  const codes = await Promise.all(
    running.map(async (machine) => {
      const command = ['sudo', 'journalctl', ...words.map((word) => shellWord(word)), '--follow'];
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

/** A name like a machine's that is none is no unit's. */
function refuseNeither(lab: Lab, what: string): void {
  if (/^[a-z][a-z0-9-]*-\d+$/.test(what)) lab.machines([what]);
}
