import { execa } from 'execa';
import { within } from './within.ts';

/** A terminal's size and what it says of itself. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** TERM */
  readonly term: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What runs the program as another user. */
  readonly as?: readonly string[];
}

export interface Screen {
  readonly exitCode: number;
  /** Everything that was written, control sequences included. */
  readonly screen: string;
}

/** A program on a pseudo-terminal of its own, made by script(1). */
export async function runOnTerminal(
  { columns, rows, term, env: own }: Terminal,
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string | undefined>> },
): Promise<Screen> {
  const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const running = execa('script', ['-qec', `stty cols ${columns} rows ${rows}; ${command}`, '/dev/null'], {
    reject: false,
    cwd,
    // Left open: at its end script(1) types a ^D, which whoever reads from the terminal next would find.
    stdin: 'pipe',
    // As a person's terminal would have it, not as the test runner has it.
    env: { FORCE_COLOR: undefined, NO_COLOR: undefined, CI: undefined, TERM: term, ...env, ...own },
  });
  const result = await within(running, command);
  return { exitCode: result.exitCode ?? -1, screen: result.stdout.replaceAll('\r\n', '\n') };
}
