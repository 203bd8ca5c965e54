import type { Spec } from './specs.ts';

/** Bytes that the paths of one command may look into before other connections have their turn: some ms of work. */
const turnBytes = 2 * 1024 * 1024;

/** Is this little enough to be done in one go? @param valueBytes size of the document */
export function isOneTurn(valueBytes: number, specs: readonly Spec[]): boolean {
  return valueBytes * specs.length <= turnBytes;
}

/** Lets other connections have their turn. */
export function otherTurns(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
