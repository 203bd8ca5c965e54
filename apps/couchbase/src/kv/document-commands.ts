import { opcodes, subdocOpcodes } from '../wire/opcodes.ts';
import { subdocCommands } from '../subdocument/commands.ts';
import { dataCommands } from './data.ts';
import type { DocumentCommand } from './document-request.ts';
import { multiLookup, singleLookup } from './subdocument/lookup.ts';
import { multiMutation, singleMutation } from './subdocument/mutate.ts';
import { subdocExtrasBytes } from './subdocument/read-request.ts';

/** Every command on one document: its key comes with a collection id once collections are negotiated. */
export const documentCommands: ReadonlyMap<number, DocumentCommand> = new Map<number, DocumentCommand>([
  ...dataCommands,
  [opcodes.subdocMultiLookup, { extrasBytes: subdocExtrasBytes(true, false), run: multiLookup }],
  [opcodes.subdocMultiMutation, { extrasBytes: subdocExtrasBytes(true, true), run: multiMutation }],
  ...Object.values(subdocOpcodes).map((opcode): [number, DocumentCommand] => {
    const mutates = subdocCommands.get(opcode)?.mutates === true;
    return [opcode, { extrasBytes: subdocExtrasBytes(false, mutates), run: mutates ? singleMutation : singleLookup }];
  }),
]);
