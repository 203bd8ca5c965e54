import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';

/**
 * Shows a file in the reader's own browser.
 * @throws LabError `host.browser`, `command.browser`: with the file, which can be opened by hand
 */
export async function openInBrowser(file: string): Promise<void> {
  const { failed, code, exitCode, stderr } = await execa('xdg-open', [file], {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
    stdout: 'ignore',
  });
  if (!failed) return;
  const none = code === 'ENOENT';
  throw new LabError({
    code: none ? 'host.browser' : 'command.browser',
    cause: none ? `this host has no xdg-open to show ${file} with` : `xdg-open ended with ${exitCode ?? code ?? '?'}`,
    evidence: stderr === '' ? [] : stderr.split('\n').slice(-5),
    next: `open ${file} in a browser, here or after copying it with what lies beside it`,
  });
}
