import { opcodes } from '../wire/opcodes.ts';
import type { Response } from '../wire/response.ts';
import { statuses, type Status } from '../wire/status.ts';

/** Quiet commands with the one that each is otherwise, and the end of it that is not told (memcached "binary protocol", 2010). */
const quietCommands: readonly (readonly [quiet: number, loud: number, untold: Status])[] = [
  [opcodes.getQuietly, opcodes.get, statuses.notFound],
  [opcodes.getWithKeyQuietly, opcodes.getWithKey, statuses.notFound],
  [opcodes.getAndTouchQuietly, opcodes.getAndTouch, statuses.notFound],
  [opcodes.setQuietly, opcodes.set, statuses.success],
  [opcodes.addQuietly, opcodes.add, statuses.success],
  [opcodes.replaceQuietly, opcodes.replace, statuses.success],
  [opcodes.deleteQuietly, opcodes.delete, statuses.success],
  [opcodes.incrementQuietly, opcodes.increment, statuses.success],
  [opcodes.decrementQuietly, opcodes.decrement, statuses.success],
  [opcodes.appendQuietly, opcodes.append, statuses.success],
  [opcodes.prependQuietly, opcodes.prepend, statuses.success],
];

const loudOnes = Uint8Array.from({ length: 256 }, (_, opcode) => opcode);
const untoldStatuses = new Map<number, Status>();
for (const [quiet, loud, untold] of quietCommands) {
  loudOnes[quiet] = loud;
  untoldStatuses.set(quiet, untold);
}

/** The command of which this one is the quiet form; itself, if it is none. */
export function loudOpcode(opcode: number): number {
  return loudOnes[opcode] ?? opcode;
}

/** The answer to a quiet command: none at all where it ended as usual. */
export function quieted(opcode: number, response: Response): Response {
  return response.status === untoldStatuses.get(opcode) ? { status: response.status, silent: true } : response;
}
