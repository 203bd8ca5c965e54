import { accessBits } from '../auth/document-access.ts';
import { opcodes, subdocOpcodes } from '../wire/opcodes.ts';

/** What a command on documents needs, by opcode (accessBits). Whatever is not known better both reads and writes. Source: kv_engine, mcbp privileges. */
const needs = new Uint8Array(256).fill(accessBits.both);
for (const opcode of [
  opcodes.get,
  opcodes.getMeta,
  opcodes.subdocMultiLookup,
  subdocOpcodes.get,
  subdocOpcodes.exists,
  subdocOpcodes.getCount,
])
  needs[opcode] = accessBits.read;
for (const opcode of [
  opcodes.set,
  opcodes.add,
  opcodes.replace,
  opcodes.delete,
  opcodes.append,
  opcodes.prepend,
  opcodes.touch,
])
  needs[opcode] = accessBits.write;

export function needsOf(opcode: number): number {
  return needs[opcode] ?? accessBits.both;
}
