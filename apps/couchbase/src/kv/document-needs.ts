import type { Access } from '../auth/permission.ts';
import { opcodes } from '../wire/opcodes.ts';

const read = ['read'] as const;
const write = ['write'] as const;
const both = ['read', 'write'] as const;

/** What a command on documents needs. Source: kv_engine, mcbp privileges. */
const needs: ReadonlyMap<number, readonly Access[]> = new Map<number, readonly Access[]>([
  [opcodes.get, read],
  [opcodes.getMeta, read],
  ...[opcodes.set, opcodes.add, opcodes.replace, opcodes.delete, opcodes.append, opcodes.prepend, opcodes.touch].map(
    (opcode) => [opcode, write] as const,
  ),
]);

/** Whatever is not known better both reads and writes. */
export function needsOf(opcode: number): readonly Access[] {
  return needs.get(opcode) ?? both;
}
