import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a file of a journal is called: `00000001.log`. */
export function nameOf(number: number, kind: 'log' | 'snapshot'): string {
  return `${String(number).padStart(8, '0')}.${kind}`;
}

/** Numbers of the files of a kind, in order. */
export function numbersOf(directory: string, kind: 'log' | 'snapshot'): number[] {
  const pattern = new RegExp(`^(\\d{8})\\.${kind}$`, 'u');
  return readdirSync(directory)
    .map((name) => Number(pattern.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .toSorted((one, other) => one - other);
}

/** Removes what a snapshot of that number stands for. */
export function removeBefore(directory: string, number: number): void {
  for (const kind of ['log', 'snapshot'] as const)
    for (const old of numbersOf(directory, kind)) if (old < number) rmSync(join(directory, nameOf(old, kind)));
}
