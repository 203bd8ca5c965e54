import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { needsOf } from '#guide/conditions/needs.ts';
import { fill } from '#guide/form/guide-form.ts';
import { goTo } from '#guide/walk/go-to.ts';
import { openReading, stepOf } from '#guide/walk/reading.ts';
import { typedHere } from '#guide/walk/typed-here.ts';
import { lookFrom, typingPlace } from '../guide-place.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, requireRoot } from '../open-lab.ts';
import { printErr } from '../render/terminal.ts';
import { guide } from './guide.ts';

/** `lab guide goto STEP`: everything on the way is told on stderr, the step itself is shown at the end. */
export async function guideGoto(
  from: Invocation,
  wanted: string,
  options: { json?: boolean; anew?: boolean },
): Promise<void> {
  requireRoot();
  const reading = await openReading(from.repoDir, process.cwd());
  const step = stepOf(reading.guide, wanted);
  const { config } = await describeLab(from);
  await goTo(reading, step, {
    look: lookFrom(from),
    type: (command, values) => type(from, fill(command, values)),
    anew: options.anew === true,
    stretch: config.stretch,
    tell: printErr,
  });
  await guide(from, undefined, options);
}

async function type(from: Invocation, command: string): Promise<void> {
  // It goes to a machine, and must find one that runs.
  const seen = command.startsWith('etcdctl ') ? await lookFrom(from)(needsOf([], [])) : undefined;
  // Programs of `lab shell` are not in this process's PATH: the host's own `vagrant` would be met.
  const typed = typedHere(command, typingPlace({ repoDir: from.repoDir }, seen));
  printErr(`$ ${typed}`);
  const { exitCode, all } = await execa('bash', ['-c', typed], {
    reject: false,
    all: true,
    stdin: 'ignore',
    stdout: ['pipe', process.stderr],
    stderr: ['pipe', process.stderr],
  });
  if (exitCode === 0) return;
  throw new LabError({
    code: 'command.guide',
    cause: `what the guide types ended with exit code ${exitCode ?? 'none'}: ${typed}`,
    evidence: String(all).split('\n').slice(-10),
    next: typed,
  });
}
