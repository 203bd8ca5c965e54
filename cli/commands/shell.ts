import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { exitCodeOf } from '../child-exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { shellWord } from '#provision/host/shell-word.ts';
import { findLab, requireRoot } from '../open-lab.ts';
import { printErr } from '../render/terminal.ts';
import { shellCommand } from '../shell/shell-command.ts';
import { shellEnvironment, shellHome } from '../shell/shell-environment.ts';
import { scenarioNames } from './scenario-names.ts';

export interface ShellOptions {
  readonly dir?: string;
  readonly command?: string;
}

/** `lab shell`: the reader's shell, in which the chapter's commands speak to this lab. Its exit code becomes ours. */
export async function shell(from: Invocation, options: ShellOptions): Promise<void> {
  requireRoot();
  const cwd = directoryOf(options.dir);
  const { lab } = await findLab(from);
  const { repoDir } = from;
  const home = shellHome(repoDir);
  // PATH separates its directories by it, and knows no quotes.
  if (home.includes(':')) {
    throw new LabError({
      code: 'host.checkout',
      cause: `lab shell puts ${home} into PATH, which can hold no directory with a colon in its name`,
      next: 'move the checkout to a path without a colon',
    });
  }
  const { argv, env } = shellCommand(home, process.env, options.command);
  if (options.command === undefined && !existsSync(lab.paths.stateDir)) {
    printErr(`note: lab ${lab.config.name} is not up. Next: vagrant up   (or: lab up)`);
  }
  const own = shellEnvironment(lab, { repoDir, node: process.execPath, env: process.env });
  // Only who types completes words, and their names take their time to load.
  const names = options.command === undefined ? await scenarioNames() : '';
  process.exitCode = await runShell(argv, { ...own, ...env, LAB_SHELL_SCENARIOS: names }, cwd);
}

/** @throws LabError `usage.directory` */
function directoryOf(dir: string | undefined): string {
  const path = resolve(dir ?? '.');
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  throw new LabError({
    code: 'usage.directory',
    cause: `--dir ${path} is no directory`,
    next: `mkdir -p ${shellWord(path)}`,
  });
}

/** @returns its exit code, as a shell counts */
async function runShell(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env, cwd });
  // The terminal sends these to the shell as well, which decides what they mean.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((done, failed) => {
    child.once('error', (error) =>
      failed(
        new LabError({
          code: 'host.missing-program',
          cause: `the shell ${program} cannot be run: ${error.message}`,
          next: 'SHELL=/bin/bash lab shell',
          error,
        }),
      ),
    );
    child.once('exit', (exitCode, signal) =>
      done(exitCodeOf({ exitCode: exitCode ?? undefined, signal: signal ?? undefined })),
    );
  });
}
