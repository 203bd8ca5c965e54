import { opcodes, subdocOpcodes } from '../wire/opcodes.ts';
import { addUnique, insert, push } from './arrays.ts';
import { count } from './counter.ts';
import { remove, store } from './dictionary.ts';
import type { Edit, EditRequest } from './edit.ts';
import { exists, get, getCount, type Lookup } from './lookups.ts';

/** Flags of a path (kv_engine, docs/SubDocument.md, "Path flags"). */
export const pathFlags = { createPath: 0x01, xattr: 0x04, expandMacros: 0x10, binaryValue: 0x20 } as const;

/** Flags of a document (kv_engine, docs/SubDocument.md, "Doc flags"). */
export const documentFlags = {
  makeDocument: 0x01,
  add: 0x02,
  accessDeleted: 0x04,
  createAsDeleted: 0x08,
  revive: 0x10,
  replicaRead: 0x20,
} as const;

/** What a sub-document command does, and what its request must have. */
export interface SubdocCommand {
  readonly action:
    | { readonly kind: 'lookup'; readonly run: Lookup }
    | { readonly kind: 'edit'; readonly run: Edit }
    | { readonly kind: 'whole'; readonly run: 'get' | 'set' | 'delete' }
    | { readonly kind: 'body from xattr' };
  readonly mutates: boolean;
  readonly hasValue: boolean;
  readonly mayLackPath: boolean;
  /** Path flags that it knows, or-ed. */
  readonly flags: number;
  /** Path flags that it must have. */
  readonly mandatoryFlags: number;
}

const { createPath, xattr, expandMacros, binaryValue } = pathFlags;

/** Sub-document commands by opcode. */
export const subdocCommands: ReadonlyMap<number, SubdocCommand> = new Map<number, SubdocCommand>([
  [subdocOpcodes.get, lookup(get, xattr | binaryValue)],
  [subdocOpcodes.exists, lookup(exists, xattr | binaryValue)],
  [subdocOpcodes.getCount, { ...lookup(getCount, xattr), mayLackPath: true }],
  [subdocOpcodes.dictAdd, edit((request: EditRequest) => store(request, 'add'))],
  [subdocOpcodes.dictUpsert, edit((request: EditRequest) => store(request, 'upsert'))],
  [subdocOpcodes.replace, edit((request: EditRequest) => store(request, 'replace'))],
  [subdocOpcodes.delete, { ...edit(remove), hasValue: false, flags: xattr }],
  [subdocOpcodes.arrayPushFirst, { ...edit((request: EditRequest) => push(request, 'first')), mayLackPath: true }],
  [subdocOpcodes.arrayPushLast, { ...edit((request: EditRequest) => push(request, 'last')), mayLackPath: true }],
  [subdocOpcodes.arrayAddUnique, { ...edit(addUnique), mayLackPath: true }],
  [subdocOpcodes.arrayInsert, edit(insert)],
  [subdocOpcodes.counter, edit(count)],
  [subdocOpcodes.replaceBodyWithXattr, bodyFromXattr()],
  [opcodes.get, whole('get')],
  [opcodes.set, whole('set')],
  [opcodes.delete, whole('delete')],
]);

function lookup(run: Lookup, flags: number): SubdocCommand {
  return {
    action: { kind: 'lookup', run },
    mutates: false,
    hasValue: false,
    mayLackPath: false,
    flags,
    mandatoryFlags: 0,
  };
}

function edit(run: Edit): SubdocCommand {
  return {
    action: { kind: 'edit', run },
    mutates: true,
    hasValue: true,
    mayLackPath: false,
    flags: createPath | xattr | expandMacros | binaryValue,
    mandatoryFlags: 0,
  };
}

function whole(run: 'get' | 'set' | 'delete'): SubdocCommand {
  const action = { kind: 'whole', run } as const;
  return { action, mutates: run !== 'get', hasValue: run === 'set', mayLackPath: true, flags: 0, mandatoryFlags: 0 };
}

function bodyFromXattr(): SubdocCommand {
  const action = { kind: 'body from xattr' } as const;
  return {
    action,
    mutates: true,
    hasValue: false,
    mayLackPath: false,
    flags: xattr | binaryValue,
    mandatoryFlags: xattr,
  };
}
