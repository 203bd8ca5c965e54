import { statuses } from '../wire/status.ts';

/**
 * The error map of GET_ERROR_MAP: name, description and attributes of each status this server can answer.
 * Every entry needs all three or the client's process aborts. Source of attribute names: Couchbase "KV error map".
 * @param newest version that the client reads: 1 (SDKs up to 2.x refuse the whole map of a higher one), or 2. They differ in their number.
 */
export function errorMap(newest: number) {
  return { version: Math.max(1, Math.min(2, newest)), revision: 1, errors };
}

const errors = Object.fromEntries(
  (
    [
      [statuses.success, 'SUCCESS', 'the request was carried out', ['success']],
      [statuses.notFound, 'KEY_ENOENT', 'no document has that key', ['item-only']],
      [statuses.exists, 'KEY_EEXISTS', 'the document exists, or its CAS is another one', ['item-only']],
      [statuses.tooBig, 'E2BIG', 'the value is larger than 20 MiB', ['item-only', 'invalid-input']],
      [statuses.invalid, 'EINVAL', 'the request is not well formed', ['internal', 'invalid-input']],
      [statuses.notStored, 'NOT_STORED', 'there is no document to add to', ['item-only']],
      [statuses.deltaBadValue, 'DELTA_BADVAL', 'the document is not a counter', ['item-only', 'invalid-input']],
      [statuses.noBucket, 'NO_BUCKET', 'the connection has no bucket selected', ['conn-state-invalidated']],
      [statuses.authError, 'AUTH_ERROR', 'user name or password is wrong', ['conn-state-invalidated', 'auth']],
      [statuses.authContinue, 'AUTH_CONTINUE', 'authentication goes on', ['special-handling']],
      [statuses.noAccess, 'EACCESS', 'no access to what was asked for', ['support']],
      [statuses.unknownFrameInfo, 'UNKNOWN_FRAME_INFO', 'a framing extra is not known', ['support']],
      [statuses.unknownCommand, 'UNKNOWN_COMMAND', 'this server does not have that command', ['support']],
      [statuses.noMemory, 'ENOMEM', 'the bucket is full: its RAM quota is used up', ['temp', 'retry-later']],
      [statuses.internal, 'EINTERNAL', 'the server made a mistake', ['internal', 'conn-state-invalidated']],
      [statuses.unknownCollection, 'UNKNOWN_COLLECTION', 'no collection has that id', ['item-only']],
      [statuses.unknownScope, 'UNKNOWN_SCOPE', 'no scope has that name', ['item-only']],
      [
        statuses.durabilityInvalidLevel,
        'DURABILITY_INVALID_LEVEL',
        'not a durability level',
        ['item-only', 'invalid-input'],
      ],
      [statuses.durabilityImpossible, 'DURABILITY_IMPOSSIBLE', 'too few nodes for that durability', ['item-only']],
    ] as const
  ).map(([status, name, desc, attrs]) => [status.toString(16), { name, desc, attrs }]),
);
