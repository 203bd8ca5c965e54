import { shellWord } from '#provision/host/shell-word.ts';

export type ShellKind = 'bash' | 'zsh' | 'fish';
export const shellKinds: readonly ShellKind[] = ['bash', 'zsh', 'fish'];

/** Variables as lines that a shell evaluates. Pure. */
export function exportLines(variables: Readonly<Record<string, string>>, shell: ShellKind): string[] {
  return Object.entries(variables).map(([name, value]) =>
    shell === 'fish' ? `set -gx ${name} ${fishWord(value)};` : `export ${name}=${shellWord(value)}`,
  );
}

/** A word as fish takes it back: it knows two escapes within single quotes (fish(1), "Quotes"). Pure. */
export function fishWord(word: string): string {
  return `'${word.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`;
}
