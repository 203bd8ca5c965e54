import { toByteString, type ByteString } from '../../wire/byte-string.ts';
import { features } from '../../wire/features.ts';
import { failure, type Response } from '../../wire/response.ts';
import { statuses, type Status } from '../../wire/status.ts';
import { documentFlags, pathFlags, subdocCommands, type SubdocCommand } from '../../subdocument/commands.ts';
import { subdocumentLimits } from '../../subdocument/limits.ts';
import { isVirtualName, xattrName } from '../../subdocument/xattr-names.ts';
import type { DocumentRequest } from '../document-request.ts';
import { isKnownMacro } from './macros.ts';

/** One path of a command, checked. */
export interface Spec {
  readonly command: SubdocCommand;
  readonly path: ByteString;
  readonly value: ByteString;
  readonly onXattr: boolean;
  readonly createPath: boolean;
  readonly expandsMacros: boolean;
  readonly isBinary: boolean;
}

/** What a sub-document request asks for: its paths, and how to treat the document as a whole. */
export interface SubdocRequest {
  readonly specs: readonly Spec[];
  /** Or-ed `documentFlags`. */
  readonly flags: number;
  /** As on the wire. */
  readonly expiry: number;
  /** Flags that the document gets, if it gets others. */
  readonly userFlags: number | undefined;
}

/** A path as it is written in a request, with the place behind it. */
export interface RawSpec {
  readonly opcode: number;
  readonly flags: number;
  readonly path: ByteString;
  readonly value: ByteString;
}

/** Checks the document flags of a request against each other. A sentence says what is wrong. */
export function checkDocumentFlags(flags: number, mutates: boolean, cas: number): string | undefined {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const { makeDocument, add, accessDeleted, createAsDeleted, revive, replicaRead } = documentFlags;
  const allowed = mutates ? makeDocument | add | accessDeleted | createAsDeleted | revive : accessDeleted | replicaRead;
  if ((flags & ~allowed) !== 0) return 'request document flags invalid';
  if (has(add) && cas !== 0) return 'request with add flag must have CAS 0';
  if (has(add) && has(makeDocument)) return 'request must not contain both add and mkdoc flags';
  if (has(revive) && !has(accessDeleted)) return "ReviveDocument can't be used without AccessDeleted";
  if (has(revive) && has(createAsDeleted)) return "ReviveDocument can't be used with CreateAsDeleted";
  return undefined;
}

/** Checks one path of a request. Source: kv_engine, docs/SubDocument.md. */
export function checkSpec(
  raw: RawSpec,
  request: DocumentRequest,
  mutates: boolean,
  documentFlagBits: number,
): Spec | Response {
  const command = subdocCommands.get(raw.opcode);
  if (command?.mutates !== mutates)
    return failure(statuses.subdocInvalidCombination, `opcode 0x${raw.opcode.toString(16)} does not belong here`);
  const invalid = (context: string): Response => failure(statuses.invalid, context);
  const { flags, path, value } = raw;
  if ((flags & ~command.flags) !== 0) return invalid('request flags invalid');
  if ((flags & command.mandatoryFlags) !== command.mandatoryFlags) return invalid('request missing mandatory flags');
  if (path.length > subdocumentLimits.pathBytes) return invalid('request path length exceeds maximum');
  if (command.action.kind === 'whole' && path !== '') return invalid('a whole document has no path');
  const wrong = checkXattr(raw, request, mutates);
  if (wrong !== undefined) return typeof wrong === 'number' ? { status: wrong } : wrong;
  const onXattr = (flags & pathFlags.xattr) !== 0;
  if (!onXattr && path === '' && !command.mayLackPath) return invalid('request must include path');
  if (command.hasValue !== (value !== ''))
    return invalid(`request must ${command.hasValue ? '' : 'not '}include value`);
  const makes = (documentFlagBits & (documentFlags.makeDocument | documentFlags.add)) !== 0;
  return {
    command,
    path,
    value,
    onXattr,
    createPath: makes || (flags & pathFlags.createPath) !== 0,
    expandsMacros: (flags & pathFlags.expandMacros) !== 0,
    isBinary: (flags & pathFlags.binaryValue) !== 0,
  };
}

function checkXattr(
  { flags, path, value }: RawSpec,
  request: DocumentRequest,
  mutates: boolean,
): Status | Response | undefined {
  const expands = (flags & pathFlags.expandMacros) !== 0;
  const isBinary = (flags & pathFlags.binaryValue) !== 0;
  if ((flags & pathFlags.xattr) === 0)
    return expands || isBinary
      ? failure(statuses.subdocXattrInvalidFlags, 'only attributes have macros or bytes')
      : undefined;
  if (expands && isBinary) return failure(statuses.subdocXattrInvalidFlags, 'bytes have no macros');
  if (!request.session.granted.has(features.xattr))
    return failure(statuses.notSupported, 'the connection did not ask for XATTR');
  const name = xattrName(path);
  if (name === undefined) return failure(statuses.xattrInvalid, 'the name of an attribute has 1 to 16 letters');
  if (isVirtualName(name) && mutates) return statuses.subdocXattrCannotModifyVirtual;
  return expands && !isKnownMacro(value) ? statuses.subdocXattrUnknownMacro : undefined;
}

/** Cuts the paths of a command with several. A sentence says why it cannot be cut. */
export function cutSpecs(bytes: Buffer, mutates: boolean): readonly RawSpec[] | string {
  const specs: RawSpec[] = [];
  const headBytes = mutates ? 8 : 4;
  let at = 0;
  while (at < bytes.length) {
    if (specs.length === subdocumentLimits.paths)
      return `request must contain at most ${subdocumentLimits.paths} paths`;
    if (at + headBytes > bytes.length) return 'the last path is cut off';
    const pathAt = at + headBytes;
    const valueAt = pathAt + bytes.readUInt16BE(at + 2);
    const end = valueAt + (mutates ? bytes.readUInt32BE(at + 4) : 0);
    if (end > bytes.length) return 'the last path is cut off';
    specs.push({
      opcode: bytes.readUInt8(at),
      flags: bytes.readUInt8(at + 1),
      path: toByteString(bytes, pathAt, valueAt),
      value: toByteString(bytes, valueAt, end),
    });
    at = end;
  }
  return specs.length === 0 ? 'request must contain at least one path' : specs;
}
