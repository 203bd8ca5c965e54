import * as z from 'zod/mini';
import { exchange, timedOut, type Exchanged, type Target } from '../exchange.ts';

/** What a node answered, or 7.x's words for what went wrong, one error each. */
export type Answer<Value> = { readonly value: Value } | { readonly errors: readonly string[] };

/** Requests as couchbase-cli 7.x makes them, and its words for what a node refuses (couchbase-cli, cluster_manager.py). */
export class ClusterClient {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Port of the node that requests go to. */
  get port(): number {
    return this.#target.port;
  }

  /** Who the requests are from; undefined when they name nobody. */
  get user(): string | undefined {
    return this.#target.user;
  }

  /** Of the user, as it was typed. */
  get password(): string | undefined {
    return this.#target.password;
  }

  /** JSON of the shape that the command needs. */
  async get<Value>(path: string, schema: z.ZodMiniType<Value>): Promise<Answer<Value>> {
    const answer = await this.send('GET', path);
    if ('errors' in answer) return answer;
    const read = schema.safeParse(jsonOf(answer.value));
    if (read.success) return { value: read.data };
    return { errors: [`${this.#url}${path} gave no such answer as Couchbase does: ${answer.value.slice(0, 200)}`] };
  }

  /** @returns the body */
  async send(method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Answer<string>> {
    try {
      const answer = await exchange(this.#target, method, path, form);
      return answer.status < 300 ? { value: answer.text } : { errors: refusal(answer) };
    } catch (error) {
      const isLate = error instanceof Error && 'code' in error && error.code === timedOut;
      const reason = reasonOf(error);
      return {
        errors: [
          isLate
            ? `Request to host \`${this.#url}\` timed out after 60 seconds`
            : `Unable to connect to host at ${this.#url}: ${reason}`,
        ],
      };
    }
  }

  get #url(): string {
    const { host, port } = this.#target;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

const byField = z.record(z.string(), z.unknown());

function refusal({ status, reason, isJson, text }: Exchanged): readonly string[] {
  if (status === 401) return ['unable to access the REST API - please check your username (-u) and password (-p)'];
  const json = isJson ? jsonOf(text) : undefined;
  const sentences = z.array(z.string()).safeParse(json);
  if (sentences.success) return sentences.data;
  const forbidden = z.object({ message: z.string(), permissions: z.array(z.string()) }).safeParse(json);
  if (status === 403 && forbidden.success)
    return [`${forbidden.data.message}: ${forbidden.data.permissions.join(', ')}`];
  const errors = z.object({ errors: byField }).safeParse(json);
  const fields = errors.success ? errors.data.errors : byField.safeParse(json).data;
  if (fields !== undefined) return Object.entries(fields).map(([field, why]) => fieldProblem(field, why));
  if (typeof json === 'string') return [json];
  return [text === '' ? `Received unexpected status ${status} ${reason}` : text];
}

function fieldProblem(field: string, why: unknown): string {
  const text = typeof why === 'string' ? why : JSON.stringify(why);
  return field === '_' ? text : `${field} - ${text}`;
}

/** An error of several attempts at once has no message, but the code of the last. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
