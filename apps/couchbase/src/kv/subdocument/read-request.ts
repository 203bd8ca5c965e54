import { failure, type Response } from '../../wire/response.ts';
import { statuses } from '../../wire/status.ts';
import type { DocumentRequest } from '../document-request.ts';
import { checkDocumentFlags, checkSpec, cutSpecs, type RawSpec, type Spec, type SubdocRequest } from './specs.ts';

/** Where a form of extras has the optional fields, by its length. */
interface Layout {
  readonly expiryAt?: number;
  readonly userFlagsAt?: number;
  readonly documentFlagsAt?: number;
}

/** Extras of a command with several paths (kv_engine, docs/SubDocument.md, "Multi-Path Commands"). */
const severalPaths: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [0, {}],
  [1, { documentFlagsAt: 0 }],
  [4, { expiryAt: 0 }],
  [5, { expiryAt: 0, documentFlagsAt: 4 }],
  [8, { expiryAt: 0, userFlagsAt: 4 }],
  [9, { expiryAt: 0, userFlagsAt: 4, documentFlagsAt: 8 }],
]);

/** Extras of a command with one path: its length and flags come first. */
const onePath: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [3, {}],
  [4, { documentFlagsAt: 3 }],
  [7, { expiryAt: 3 }],
  [8, { expiryAt: 3, documentFlagsAt: 7 }],
]);

/** Lengths that the extras of a sub-document command may have. @param mutates lookups have no expiry and no flags */
export function subdocExtrasBytes(isMulti: boolean, mutates: boolean): readonly number[] {
  const layouts = isMulti ? severalPaths : onePath;
  return [...layouts].filter(([, { expiryAt }]) => mutates || expiryAt === undefined).map(([bytes]) => bytes);
}

/** Reads and checks a command with several paths. */
export function readMultiRequest(request: DocumentRequest, mutates: boolean): SubdocRequest | Response {
  const raw = cutSpecs(request.frame.value, mutates);
  if (typeof raw === 'string') return failure(statuses.subdocInvalidCombination, raw);
  return checked(request, raw, mutates, severalPaths.get(request.frame.extrasBytes) ?? {});
}

/** Reads and checks a command with one path, whose opcode is the request's. */
export function readSingleRequest(request: DocumentRequest, mutates: boolean): SubdocRequest | Response {
  const { frame } = request;
  const pathBytes = frame.extras.readUInt16BE(0);
  const text = frame.valueText();
  if (pathBytes > text.length) return failure(statuses.invalid, "path length can't exceed value");
  const raw = {
    opcode: frame.opcode,
    flags: frame.extras.readUInt8(2),
    path: text.slice(0, pathBytes),
    value: text.slice(pathBytes),
  };
  return checked(request, [raw], mutates, onePath.get(frame.extrasBytes) ?? {});
}

function checked(
  request: DocumentRequest,
  raw: readonly RawSpec[],
  mutates: boolean,
  layout: Layout,
): SubdocRequest | Response {
  const { frame } = request;
  const { expiryAt, userFlagsAt, documentFlagsAt } = layout;
  const flags = documentFlagsAt === undefined ? 0 : frame.extras.readUInt8(documentFlagsAt);
  const wrong = checkDocumentFlags(flags, mutates, frame.cas);
  if (wrong !== undefined) return failure(statuses.invalid, wrong);
  const specs: Spec[] = [];
  for (const one of raw) {
    const spec = checkSpec(one, request, mutates, flags);
    if ('status' in spec) return spec;
    const out = orderProblem(specs, spec);
    if (out !== undefined) return out;
    specs.push(spec);
  }
  return {
    specs,
    flags,
    expiry: expiryAt === undefined ? 0 : frame.extrasUint32(expiryAt),
    userFlags: userFlagsAt === undefined ? undefined : frame.extrasUint32(userFlagsAt),
  };
}

/** Attributes come first, and the deletion of a document stands alone among what is done to its body. */
function orderProblem(before: readonly Spec[], spec: Spec): Response | undefined {
  const onBody = before.filter(({ onXattr }) => !onXattr);
  if (onBody.length === 0) return undefined;
  if (spec.onXattr) return { status: statuses.subdocXattrInvalidOrder };
  if (!isDeletion(spec) && !onBody.some(isDeletion)) return undefined;
  return failure(statuses.subdocInvalidCombination, 'the deletion of a document stands alone');
}

/** Does this spec delete the whole document? */
export function isDeletion({ command }: Spec): boolean {
  return command.action.kind === 'whole' && command.action.run === 'delete';
}
