import { accessBits } from '../auth/document-access.ts';
import { subdocCommands } from '../subdocument/commands.ts';
import { opcodes, subdocOpcodes } from '../wire/opcodes.ts';

/** What a command on documents needs, by opcode (accessBits). Whatever is not known better both reads and writes. Source: kv_engine, mcbp privileges. */
const needs = new Uint8Array(256).fill(accessBits.both);
for (const opcode of [
  opcodes.get,
  opcodes.getWithKey,
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

/** The bits of `accessBits` that a user needs of a document for an opcode; both for one that is unknown. Pure. */
export function needsOf(opcode: number): number {
  return needs[opcode] ?? accessBits.both;
}

/** Commands that a bucket's lowest durability level is about, by opcode. Source: kv_engine, docs/Durability.md. */
const durable = new Uint8Array(256);
for (const opcode of [
  opcodes.set,
  opcodes.add,
  opcodes.replace,
  opcodes.delete,
  opcodes.increment,
  opcodes.decrement,
  opcodes.append,
  opcodes.prepend,
  opcodes.subdocMultiMutation,
  ...Object.values(subdocOpcodes).filter((opcode) => subdocCommands.get(opcode)?.mutates === true),
])
  durable[opcode] = 1;

/** Whether a bucket's lowest durability level is about this opcode. Pure. */
export function isDurable(opcode: number): boolean {
  return durable[opcode] === 1;
}
