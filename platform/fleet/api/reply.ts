/** An answer of the API before it is written to a socket. `body` is JSON; undefined = empty. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/** A refusal in fleet's shape: {"error":{"code":404,"message":"unit does not exist"}}. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function errorReply(status: number, message: string): Reply {
  return { status, body: { error: { code: status, message } } };
}

/** Fields that are empty are left out, as fleet's own server does it. */
export function withoutEmpty(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, v]) => v !== undefined && v !== '' && !(Array.isArray(v) && v.length === 0)),
  );
}
