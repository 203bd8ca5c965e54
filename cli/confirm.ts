import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { LabError } from '#errors/lab-error.ts';

/**
 * Asks a person, who says yes or does not.
 * @param asks what asks, and whereof, for who has no terminal: `vagrant destroy asks whether core-01 is to go`
 * @param without the command that does not ask
 * @throws LabError `usage.terminal`
 */
export async function confirm(question: string, asks: string, without: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new LabError({
      code: 'usage.terminal',
      cause: `${asks}, and there is no terminal to ask on`,
      next: without,
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Ctrl-D answers nothing, and closes it.
    const answer = await Promise.race([
      terminal.question(`${question} [y/N] `),
      once(terminal, 'close').then(() => ''),
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
