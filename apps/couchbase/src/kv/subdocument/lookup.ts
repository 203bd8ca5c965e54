import { depthOf } from '../../bucket/document-json.ts';
import type { Document } from '../../bucket/document.ts';
import { admit } from '../../bucket/operations.ts';
import { documentFlags } from '../../subdocument/commands.ts';
import { subdocumentLimits } from '../../subdocument/limits.ts';
import { parsePath } from '../../subdocument/path.ts';
import { isVirtualName, xattrName } from '../../subdocument/xattr-names.ts';
import type { ByteString } from '../../wire/byte-string.ts';
import type { Response } from '../../wire/response.ts';
import { statuses, type Status } from '../../wire/status.ts';
import type { DocumentRequest } from '../document-request.ts';
import { decodeBinary } from './binary-values.ts';
import { readMultiRequest, readSingleRequest } from './read-request.ts';
import type { Spec, SubdocRequest } from './specs.ts';
import { isOneTurn, otherTurns } from './turns.ts';
import { virtualAttribute } from './virtual-attributes.ts';

/** One path looked up: what it gave, or why not. */
interface Looked {
  readonly status: Status;
  readonly answer: ByteString;
}

/** SUBDOC_MULTI_LOOKUP: every path is answered, whatever became of the others. Source: kv_engine, docs/SubDocument.md. */
export function multiLookup(request: DocumentRequest): Response | Promise<Response> {
  const asked = readMultiRequest(request, false);
  if ('status' in asked) return asked;
  const document = fetch(request, asked);
  if (typeof document === 'number') return { status: document };
  if (!isOneTurn(document.value.length, asked.specs)) return lookUpInTurns(request, document, asked.specs);
  return answerOf(
    document,
    asked.specs.map((spec) => lookUp(request, document, spec)),
  );
}

/** The same for a large document. It is a value: whatever others do to its key meanwhile, all paths are of one state. */
async function lookUpInTurns(request: DocumentRequest, document: Document, specs: readonly Spec[]): Promise<Response> {
  const looked: Looked[] = [];
  for (const spec of specs) {
    await otherTurns();
    looked.push(lookUp(request, document, spec));
  }
  return answerOf(document, looked);
}

function answerOf(document: Document, looked: readonly Looked[]): Response {
  const failed = looked.some(({ status }) => status !== statuses.success);
  const failure = document.deleted ? statuses.subdocMultiPathFailureDeleted : statuses.subdocMultiPathFailure;
  return {
    status: failed ? failure : successOf(document),
    value: looked.flatMap(({ status, answer }) => [headOf(status, answer.length), answer]),
    cas: document.cas,
  };
}

/** A lookup of one path, as clients before SDK 3 send it. */
export function singleLookup(request: DocumentRequest): Response {
  const asked = readSingleRequest(request, false);
  if ('status' in asked) return asked;
  const document = fetch(request, asked);
  const spec = asked.specs[0];
  if (typeof document === 'number' || spec === undefined)
    return { status: typeof document === 'number' ? document : statuses.invalid };
  const { status, answer } = lookUp(request, document, spec);
  if (status !== statuses.success) return { status, cas: document.cas };
  return { status: successOf(document), value: answer, cas: document.cas };
}

function successOf(document: Document): Status {
  return document.deleted ? statuses.subdocSuccessDeleted : statuses.success;
}

function fetch({ store, key, frame }: DocumentRequest, { flags }: SubdocRequest): Document | Status {
  // One node has no replica of what it holds itself.
  if ((flags & documentFlags.replicaRead) !== 0) return statuses.notMyVbucket;
  const document = (flags & documentFlags.accessDeleted) === 0 ? store.get(key) : store.find(key);
  if (document === undefined) return statuses.notFound;
  return admit(store, document, frame.cas) ?? document;
}

function lookUp({ store }: DocumentRequest, document: Document, spec: Spec): Looked {
  const { action } = spec.command;
  if (action.kind === 'whole') {
    return document.value === ''
      ? failed(statuses.subdocPathNotFound)
      : { status: statuses.success, answer: document.value };
  }
  if (action.kind !== 'lookup') return failed(statuses.invalid);
  const text = spec.onXattr ? attributes(store, document, spec.path) : body(document);
  if (typeof text === 'number') return failed(text);
  const path = parsePath(spec.path);
  if (typeof path === 'number') return failed(path);
  const found = action.run(text, path);
  if (typeof found === 'number') return failed(found);
  if (!spec.isBinary) return { status: statuses.success, answer: found.answer };
  const answer = decodeBinary(found.answer);
  return answer === undefined ? failed(statuses.subdocPathMismatch) : { status: statuses.success, answer };
}

function attributes(store: DocumentRequest['store'], document: Document, path: ByteString): ByteString | Status {
  const name = xattrName(path);
  if (name === undefined || !isVirtualName(name)) return document.xattrs === '' ? '{}' : document.xattrs;
  return virtualAttribute(name, store, document) ?? statuses.subdocXattrUnknownVirtual;
}

function body(document: Document): ByteString | Status {
  const depth = depthOf(document);
  if (depth < 0) return statuses.subdocDocumentNotJson;
  return depth > subdocumentLimits.depth ? statuses.subdocDocumentTooDeep : document.value;
}

function failed(status: Status): Looked {
  return { status, answer: '' };
}

/** Status (u16) and length (u32) of what follows. */
function headOf(status: Status, length: number): ByteString {
  return String.fromCharCode(
    status >> 8,
    status & 0xff,
    length >>> 24,
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
  );
}
