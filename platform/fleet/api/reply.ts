import type { ServerResponse } from 'node:http';

/** An answer of the API before it is written to a socket. */
export interface Reply {
  readonly status: number;
  /** JSON; undefined = empty. */
  readonly body?: unknown;
  /** Instead of a body: plain text in the form of Prometheus. */
  readonly text?: string;
  /** Instead of a body: writes lines of JSON until the client leaves. */
  readonly stream?: (response: ServerResponse) => void;
}

/** A refusal in fleet's shape: {"error":{"code":404,"message":"unit does not exist"}}. */
export class ApiError extends Error {
  readonly status: number;
  /** @param status of the HTTP answer */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An error as the original's API answers it: the status in the body, too. Pure. */
export function errorReply(status: number, message: string): Reply {
  return { status, body: { error: { code: status, message } } };
}

/** Fields that are empty are left out, as fleet's own server does it. */
export function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, v]) => v !== undefined && v !== '' && !(Array.isArray(v) && v.length === 0)),
  );
}
