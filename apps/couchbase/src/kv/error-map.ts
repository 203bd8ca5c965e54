import { statuses, type Status } from '../wire/status.ts';

/**
 * The error map of GET_ERROR_MAP: each status this server can answer. Source of names and attributes: Couchbase "KV error map".
 * @param newest version that the client reads: 1 (SDKs up to 2.x refuse the whole map of a higher one), or 2. They differ in their number.
 */
export function errorMap(newest: number) {
  return { version: Math.max(1, Math.min(2, newest)), revision: 2, errors };
}

/** Name, description and attributes of a status. Every one needs all three or the client's process aborts. */
type Entry = readonly [status: Status, name: string, description: string, attributes: readonly string[]];

const basic: readonly Entry[] = [
  [statuses.success, 'SUCCESS', 'the request was carried out', ['success']],
  [statuses.notFound, 'KEY_ENOENT', 'no document has that key', ['item-only']],
  [statuses.exists, 'KEY_EEXISTS', 'the document exists, or its CAS is another one', ['item-only']],
  [statuses.tooBig, 'E2BIG', 'the value is larger than 20 MiB', ['item-only', 'invalid-input']],
  [statuses.invalid, 'EINVAL', 'the request is not well formed', ['internal', 'invalid-input']],
  [statuses.notStored, 'NOT_STORED', 'there is no document to add to', ['item-only']],
  [statuses.deltaBadValue, 'DELTA_BADVAL', 'the document is not a counter', ['item-only', 'invalid-input']],
  [statuses.notMyVbucket, 'NOT_MY_VBUCKET', 'this node does not have that vBucket', ['fetch-config', 'invalid-input']],
  [statuses.noBucket, 'NO_BUCKET', 'the connection has no bucket selected', ['conn-state-invalidated']],
  [statuses.locked, 'LOCKED', 'the document is locked', ['item-locked', 'item-only', 'retry-now']],
  [statuses.notLocked, 'NOT_LOCKED', 'the document is not locked', ['item-only']],
  [statuses.authError, 'AUTH_ERROR', 'user name or password is wrong', ['conn-state-invalidated', 'auth']],
  [statuses.authContinue, 'AUTH_CONTINUE', 'authentication goes on', ['special-handling']],
  [statuses.outOfRange, 'ERANGE', 'a number is out of its range', ['internal', 'invalid-input']],
  [statuses.rollback, 'ROLLBACK', 'a stream of changes has to begin earlier', ['internal']],
  [statuses.noAccess, 'EACCESS', 'no access to what was asked for', ['support']],
  [statuses.unknownFrameInfo, 'UNKNOWN_FRAME_INFO', 'a framing extra is not known', ['support']],
  [statuses.unknownCommand, 'UNKNOWN_COMMAND', 'this server does not have that command', ['support']],
  [statuses.noMemory, 'ENOMEM', 'the bucket is full: its RAM quota is used up', ['temp', 'retry-later']],
  [statuses.notSupported, 'NOT_SUPPORTED', 'the connection did not ask for that feature', ['support']],
  [statuses.internal, 'EINTERNAL', 'the server made a mistake', ['internal', 'conn-state-invalidated']],
  [statuses.busy, 'EBUSY', 'too much of that is under way', ['temp', 'retry-later']],
  [statuses.temporaryFailure, 'ETMPFAIL', 'not now', ['temp', 'retry-later']],
  [statuses.unknownCollection, 'UNKNOWN_COLLECTION', 'no collection has that id', ['item-only']],
  [statuses.unknownScope, 'UNKNOWN_SCOPE', 'no scope has that name', ['item-only']],
  [
    statuses.durabilityInvalidLevel,
    'DURABILITY_INVALID_LEVEL',
    'not a level of this bucket',
    ['item-only', 'invalid-input'],
  ],
  [statuses.durabilityImpossible, 'DURABILITY_IMPOSSIBLE', 'too few nodes for that durability', ['item-only']],
  [statuses.rangeScanMore, 'RANGE_SCAN_MORE', 'the scan goes on', ['success']],
  [statuses.rangeScanComplete, 'RANGE_SCAN_COMPLETE', 'the scan is over', ['success']],
  [statuses.rangeScanOtherHistory, 'RANGE_SCAN_VB_UUID_NOT_EQUAL', 'the vBucket has another history', ['item-only']],
];

const subdocument: readonly Entry[] = [
  [statuses.xattrInvalid, 'XATTR_EINVAL', 'not the name of an attribute', ['invalid-input', 'subdoc']],
  [statuses.subdocPathNotFound, 'SUBDOC_PATH_ENOENT', 'the path is not there', ['item-only', 'subdoc']],
  [
    statuses.subdocPathMismatch,
    'SUBDOC_PATH_MISMATCH',
    'a value is not of the type that the path takes it for',
    ['item-only', 'subdoc'],
  ],
  [statuses.subdocPathInvalid, 'SUBDOC_PATH_EINVAL', 'the path cannot be read', ['invalid-input', 'subdoc']],
  [statuses.subdocPathTooBig, 'SUBDOC_PATH_E2BIG', 'the path has more than 32 components', ['invalid-input', 'subdoc']],
  [statuses.subdocDocumentTooDeep, 'SUBDOC_DOC_E2DEEP', 'the document is nested too deeply', ['item-only', 'subdoc']],
  [
    statuses.subdocValueCannotInsert,
    'SUBDOC_VALUE_CANTINSERT',
    'the value is not JSON for that place',
    ['invalid-input', 'subdoc'],
  ],
  [statuses.subdocDocumentNotJson, 'SUBDOC_DOC_NOTJSON', 'the document is not JSON', ['item-only', 'subdoc']],
  [statuses.subdocNumberTooBig, 'SUBDOC_NUM_ERANGE', 'the number has more than 64 bits', ['item-only', 'subdoc']],
  [statuses.subdocDeltaInvalid, 'SUBDOC_DELTA_EINVAL', 'not a number to count by', ['invalid-input', 'subdoc']],
  [statuses.subdocPathExists, 'SUBDOC_PATH_EEXISTS', 'the path is there already', ['item-only', 'subdoc']],
  [
    statuses.subdocValueTooDeep,
    'SUBDOC_VALUE_ETOODEEP',
    'the value would be nested too deeply',
    ['invalid-input', 'subdoc'],
  ],
  [
    statuses.subdocInvalidCombination,
    'SUBDOC_INVALID_COMBO',
    'the paths do not go together',
    ['invalid-input', 'subdoc'],
  ],
  [statuses.subdocMultiPathFailure, 'SUBDOC_MULTI_PATH_FAILURE', 'a path failed', ['special-handling', 'subdoc']],
  [
    statuses.subdocSuccessDeleted,
    'SUBDOC_SUCCESS_DELETED',
    'carried out, on a deleted document',
    ['success', 'subdoc'],
  ],
  [
    statuses.subdocXattrInvalidFlags,
    'SUBDOC_XATTR_INVALID_FLAG_COMBO',
    'the flags do not go together',
    ['invalid-input', 'subdoc'],
  ],
  [statuses.subdocXattrUnknownMacro, 'SUBDOC_XATTR_UNKNOWN_MACRO', 'not a macro', ['invalid-input', 'subdoc']],
  [
    statuses.subdocXattrUnknownVirtual,
    'SUBDOC_XATTR_UNKNOWN_VATTR',
    'not a virtual attribute',
    ['invalid-input', 'subdoc'],
  ],
  [
    statuses.subdocXattrCannotModifyVirtual,
    'SUBDOC_XATTR_CANT_MODIFY_VATTR',
    'virtual attributes are read only',
    ['invalid-input', 'subdoc'],
  ],
  [
    statuses.subdocMultiPathFailureDeleted,
    'SUBDOC_MULTI_PATH_FAILURE_DELETED',
    'a path failed, on a deleted document',
    ['special-handling', 'subdoc'],
  ],
  [
    statuses.subdocXattrInvalidOrder,
    'SUBDOC_INVALID_XATTR_ORDER',
    'attributes come before the body',
    ['invalid-input', 'subdoc'],
  ],
  [
    statuses.subdocXattrUnknownVirtualMacro,
    'SUBDOC_XATTR_UNKNOWN_VATTR_MACRO',
    'not a macro of the document',
    ['invalid-input', 'subdoc'],
  ],
  [
    statuses.subdocCanOnlyReviveDeleted,
    'SUBDOC_CAN_ONLY_REVIVE_DELETED_DOCUMENTS',
    'the document lives',
    ['item-only', 'subdoc'],
  ],
  [
    statuses.subdocDeletedCannotHaveValue,
    'SUBDOC_DELETED_DOCUMENT_CANT_HAVE_VALUE',
    'a deleted document has no value',
    ['invalid-input', 'subdoc'],
  ],
];

const errors = Object.fromEntries(
  [...basic, ...subdocument].map(([status, name, desc, attrs]) => [status.toString(16), { name, desc, attrs }]),
);
