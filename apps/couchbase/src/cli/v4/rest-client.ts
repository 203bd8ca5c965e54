import type * as z from 'zod/mini';
import { exchange, timedOut, type Target } from '../exchange.ts';
import { problem, type Outcome } from '../outcome.ts';

export type Reply = { readonly body: string } | { readonly failed: Outcome };

/** A client for one command. Like 4.0 it asks for /pools before each request, so that a node that is not up is found out early. */
export class RestClient {
  readonly #command: string;

  /** @param command as it was typed: messages name it */
  constructor(command: string) {
    this.#command = command;
  }

  /** What a node says of itself, as `schema` has it; a node that says something else has failed. */
  async get<T>(
    target: Target,
    path: string,
    schema: z.ZodMiniType<T>,
    errorText: string,
  ): Promise<{ readonly value: T } | { readonly failed: Outcome }> {
    const reply = await this.#call(target, 'GET', path, undefined, errorText);
    if ('failed' in reply) return reply;
    const read = schema.safeParse(jsonOf(reply.body));
    if (read.success) return { value: read.data };
    return {
      failed: problem(2, `${errorText}; ${target.host}:${target.port} gave no such answer`, reply.body.slice(0, 200)),
    };
  }

  /** POST of a form. @param errorText begins what is said when the node refuses */
  post(target: Target, path: string, form: Readonly<Record<string, string>>, errorText: string): Promise<Reply> {
    return this.#call(target, 'POST', path, form, errorText);
  }

  /** POST without a body: the path says it all. */
  order(target: Target, path: string, errorText: string): Promise<Reply> {
    return this.#call(target, 'POST', path, undefined, errorText);
  }

  /** DELETE of what the path names. @param errorText begins what is said when the node refuses */
  delete(target: Target, path: string, errorText: string): Promise<Reply> {
    return this.#call(target, 'DELETE', path, undefined, errorText);
  }

  async #call(
    target: Target,
    method: string,
    path: string,
    form: Readonly<Record<string, string>> | undefined,
    errorText: string,
  ): Promise<Reply> {
    const pools = await this.#once(target, 'GET', '/pools', undefined, errorText);
    return 'failed' in pools ? pools : this.#once(target, method, path, form, errorText);
  }

  async #once(
    target: Target,
    method: string,
    path: string,
    form: Readonly<Record<string, string>> | undefined,
    errorText: string,
  ): Promise<Reply> {
    const { host, port } = target;
    try {
      const { status, reason, text } = await exchange(target, method, path, form);
      if (status === 401) return { failed: problem(2, unauthorized) };
      if (status >= 300)
        return { failed: problem(2, `${errorText}; (${status}) ${reason}`, ...(text === '' ? [] : [text])) };
      return { body: text };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === timedOut)
        return { failed: { code: 1, lines: [`TIMED OUT: command: ${this.#command}: ${host}:${port}`] } };
      const reason = systemTexts[code] ?? (error instanceof Error ? error.message : String(error));
      return { failed: problem(1, `command: ${this.#command}: ${host}:${port}, ${reason}`) };
    }
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const unauthorized = 'unable to access the REST API - please check your username (-u) and password (-p)';

// The words Python used for them.
const systemTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: '[Errno 111] Connection refused',
  ECONNRESET: '[Errno 104] Connection reset by peer',
  EHOSTUNREACH: '[Errno 113] No route to host',
  ENETUNREACH: '[Errno 101] Network is unreachable',
  ETIMEDOUT: '[Errno 110] Connection timed out',
  ENOTFOUND: '[Errno -2] Name or service not known',
  EAI_AGAIN: '[Errno -3] Temporary failure in name resolution',
};
