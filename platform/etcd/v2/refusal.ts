/**
 * An answer of etcd's v2 API that is an error, as it stands in the body: `{"errorCode":100,"message":"Key not found","cause":"/x",
 * "index":17}`. Codes: etcd documentation "v2 API, error codes"; statuses and texts as etcd 3.4.23 with --enable-v2 answers.
 */
export interface Refusal {
  readonly code: RefusalCode;
  /** What exactly: a path, a comparison, the name of a field. */
  readonly cause: string;
  /** The store's revision; 0 when the request was refused before the store was asked. */
  readonly index: number;
}

export type RefusalCode = keyof typeof table;

/** An error of the v2 API by its code (etcd 2, Documentation/errorcode.md). Pure. @param index X-Etcd-Index */
export function refusal(code: RefusalCode, cause: string, index = 0): Refusal {
  return { code, cause, index };
}

/** @returns the HTTP status and the body's fields, in etcd's order */
export function refusalAnswer({ code, cause, index }: Refusal): { status: number; body: object } {
  const [message, status] = table[code];
  return { status, body: { errorCode: code, message, cause, index } };
}

const table = {
  100: ['Key not found', 404],
  101: ['Compare failed', 412],
  102: ['Not a file', 403],
  104: ['Not a directory', 400],
  105: ['Key already exists', 412],
  107: ['Root is read only', 400],
  108: ['Directory not empty', 403],
  201: ['PrevValue is Required in POST form', 400],
  202: ['The given TTL in POST form is not a number', 400],
  203: ['The given index in POST form is not a number', 400],
  209: ['Invalid field', 400],
  210: ['Invalid POST form', 400],
  211: ['Value provided on refresh', 400],
  212: ['A TTL must be provided on refresh', 400],
  300: ['Raft Internal Error', 500],
  301: ['During Leader Election', 500],
  400: ['watcher is cleared due to etcd recovery', 400],
  401: ['The event in requested index is outdated and cleared', 400],
} as const satisfies Record<number, readonly [string, number]>;
