import { asTyped } from './as-typed.ts';
import { fit } from './fit.ts';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>;

/**
 * Infinity for what is no terminal: a file or a program gets whole lines. 80 where a terminal does not say its width: what the lab writes is for people;
 * fleetctl, which programs drive through a terminal of theirs, folds nothing there (platform/fleet/fleetctl/narrow.ts).
 */
export function columnsOf(stream: Stream): number {
  return stream.isTTY ? stream.columns || 80 : Infinity;
}

/** Can lines be drawn over? Not in a file, nor on a terminal that knows no control sequences or has no line above the last. */
export function canRedraw(stream: Stream): boolean {
  return stream.isTTY && process.env['TERM'] !== 'dumb' && stream.rows !== 1;
}

/** For people, on stdout, folded to the terminal. JSON is printed as it is, not by this. */
export function printOut(text: string): void {
  console.log(fit(asTyped(text, process.stdout), columnsOf(process.stdout)));
}

/** For people, on stderr. */
export function printErr(text: string): void {
  console.error(fit(asTyped(text, process.stderr), columnsOf(process.stderr)));
}
