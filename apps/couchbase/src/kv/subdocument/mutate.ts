import { maxValueBytes, type Document } from '../../bucket/document.ts';
import { admit, orStatus, put } from '../../bucket/operations.ts';
import { vbucketOf } from '../../bucket/vbucket.ts';
import { documentFlags } from '../../subdocument/commands.ts';
import { subdocumentLimits } from '../../subdocument/limits.ts';
import { systemXattrs } from '../../subdocument/xattrs.ts';
import { compact, type ByteString } from '../../wire/byte-string.ts';
import type { Response } from '../../wire/response.ts';
import { statuses, type Status } from '../../wire/status.ts';
import { mutated, refused, type DocumentRequest } from '../document-request.ts';
import { DocumentEdit } from './document-edit.ts';
import { isDeletion, readMultiRequest, readSingleRequest } from './read-request.ts';
import type { Spec, SubdocRequest } from './specs.ts';
import { isOneTurn, otherTurns } from './turns.ts';

/** Attempts at a document that others change in the meantime (kv_engine gives up after as many). */
const attempts = 100;

/** SUBDOC_MULTI_MUTATION: all paths or none. Source: kv_engine, docs/SubDocument.md. */
export function multiMutation(request: DocumentRequest): Response | Promise<Response> {
  const asked = readMultiRequest(request, true);
  if ('status' in asked) return asked;
  const before = fetch(request, asked);
  const valueBytes = typeof before === 'object' ? before.value.length : 0;
  if (!isOneTurn(valueBytes, asked.specs)) return mutateInTurns(request, asked);
  return answerOf(request, mutate(request, asked));
}

/** A mutation of one path, as clients before SDK 3 send it. */
export function singleMutation(request: DocumentRequest): Response {
  const asked = readSingleRequest(request, true);
  if ('status' in asked) return asked;
  const outcome = mutate(request, asked);
  if ('response' in outcome) return outcome.response;
  if ('failed' in outcome) return { status: outcome.failed };
  return succeeded(request, outcome, outcome.answers.join(''));
}

/** A mutation that was stored, a path that could not be, or a document that could not be touched at all. */
type Outcome =
  | { readonly stored: Document; readonly wasDeleted: boolean; readonly answers: readonly ByteString[] }
  | { readonly failed: Status; readonly index: number }
  | { readonly response: Response };

function answerOf(request: DocumentRequest, outcome: Outcome): Response {
  if ('response' in outcome) return outcome.response;
  if ('failed' in outcome) {
    const value = Buffer.allocUnsafe(3);
    value.writeUInt8(outcome.index, 0);
    value.writeUInt16BE(outcome.failed, 1);
    return { status: statuses.subdocMultiPathFailure, value };
  }
  return succeeded(request, outcome, Buffer.concat(outcome.answers.map((answer, index) => encode(index, answer))));
}

function succeeded(
  request: DocumentRequest,
  { stored, wasDeleted }: { readonly stored: Document; readonly wasDeleted: boolean },
  value: ByteString | Buffer,
): Response {
  const stillDeleted = wasDeleted && stored.deleted;
  const { status, cas, token } = mutated(request, stored);
  const done = stillDeleted ? statuses.subdocSuccessDeleted : status;
  return token === undefined ? { status: done, cas: cas ?? 0, value } : { status: done, cas: cas ?? 0, token, value };
}

function mutate(request: DocumentRequest, asked: SubdocRequest): Outcome {
  const before = fetch(request, asked);
  if (typeof before === 'number') return { response: { status: before } };
  const edit = new DocumentEdit(request.store, before, templateOf(asked));
  const answers: ByteString[] = [];
  for (const [index, spec] of asked.specs.entries()) {
    const done = edit.apply(spec);
    if (typeof done === 'number') return { failed: done, index };
    answers.push(done.answer);
  }
  return commit(request, asked, before, edit, answers);
}

/** The same for a large document; begins anew when somebody else has changed it in the meantime. */
async function mutateInTurns(request: DocumentRequest, asked: SubdocRequest): Promise<Response> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = fetch(request, asked);
    if (typeof before === 'number') return { status: before };
    const edit = new DocumentEdit(request.store, before, templateOf(asked));
    const answers: ByteString[] = [];
    for (const [index, spec] of asked.specs.entries()) {
      await otherTurns();
      const done = edit.apply(spec);
      if (typeof done === 'number') return answerOf(request, { failed: done, index });
      answers.push(done.answer);
    }
    if (fetch(request, asked) === before) return answerOf(request, commit(request, asked, before, edit, answers));
  }
  return { status: statuses.temporaryFailure };
}

function commit(
  request: DocumentRequest,
  asked: SubdocRequest,
  before: Document | undefined,
  edit: DocumentEdit,
  answers: readonly ByteString[],
): Outcome {
  const stored = store(request, asked, before, edit);
  if (typeof stored === 'number') return { response: refused(request, stored) };
  return { stored, wasDeleted: before?.deleted ?? (asked.flags & documentFlags.createAsDeleted) !== 0, answers };
}

/** The document to be changed, undefined where one has to be made. */
function fetch({ store, key, frame }: DocumentRequest, { flags }: SubdocRequest): Document | undefined | Status {
  const before = (flags & documentFlags.accessDeleted) === 0 ? store.get(key) : store.find(key);
  if (before === undefined) {
    const mayMake = (flags & (documentFlags.makeDocument | documentFlags.add)) !== 0;
    return mayMake ? undefined : statuses.notFound;
  }
  if ((flags & documentFlags.add) !== 0) return statuses.exists;
  const refusal = admit(store, before, frame.cas);
  if (refusal !== undefined) return refusal;
  if ((flags & documentFlags.revive) !== 0 && !before.deleted) return statuses.subdocCanOnlyReviveDeleted;
  return before;
}

/** What a new document begins with: an object, or an array where the first path asks for one; nothing where all of it is set. */
function templateOf({ specs, flags }: SubdocRequest): ByteString {
  if ((flags & documentFlags.createAsDeleted) !== 0) return '';
  const first = specs.find(({ command }) => command.action.kind === 'edit');
  if (first === undefined) return '';
  return first.path === '' || first.path.startsWith('[') ? '[]' : '{}';
}

function store(
  request: DocumentRequest,
  asked: SubdocRequest,
  before: Document | undefined,
  edit: DocumentEdit,
): Document | Status {
  const { store, key, framing } = request;
  const has = (flag: number): boolean => (asked.flags & flag) !== 0;
  const seqno = store.sequence.seqno(vbucketOf(key)) + 1;
  const cas = store.sequence.nextCas();
  const body = compact(edit.body);
  const xattrs = compact(
    edit.macros.areInUse ? edit.macros.fill(edit.xattrs, { cas, seqno, value: body }) : edit.xattrs,
  );
  if (!isWithinSize(body, xattrs)) return statuses.tooBig;
  const flags = asked.userFlags ?? before?.flags ?? 0;
  if (asked.specs.some((spec: Spec) => isDeletion(spec))) return orStatus(store.bury(key, xattrs, flags, cas));
  const staysDeleted = (before?.deleted ?? has(documentFlags.createAsDeleted)) && !has(documentFlags.revive);
  if (staysDeleted)
    return body === '' ? orStatus(store.bury(key, xattrs, flags, cas)) : statuses.subdocDeletedCannotHaveValue;
  const kept = framing.preserveExpiry === true && before?.deleted === false ? before.expiry : undefined;
  return put(store, { key, value: body, xattrs, flags, expiry: kept ?? store.expiryFromNow(asked.expiry) }, cas);
}

/** Attributes of the system have a limit of their own, so that they can be written whatever the document's size. */
function isWithinSize(body: ByteString, xattrs: ByteString): boolean {
  const system = systemXattrs(xattrs).length;
  return system <= subdocumentLimits.systemAttributeBytes && body.length + xattrs.length - system <= maxValueBytes;
}

/** Index (u8), status (u16), length (u32), JSON; nothing for a path without an answer. */
function encode(index: number, answer: ByteString): Buffer {
  if (answer === '') return Buffer.alloc(0);
  const bytes = Buffer.allocUnsafe(7 + answer.length);
  bytes.writeUInt8(index, 0);
  bytes.writeUInt16BE(statuses.success, 1);
  bytes.writeUInt32BE(answer.length, 3);
  bytes.write(answer, 7, 'latin1');
  return bytes;
}
