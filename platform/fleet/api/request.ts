import type { IncomingMessage } from 'node:http';
import { ApiError } from './reply.ts';

/** Largest request body: far above any unit file, far below what could hurt. */
const bodyLimitBytes = 1024 * 1024;

/** A request as the resources see it. `path` is below /fleet/v1, decoded, without the leading slash. */
export interface ApiRequest {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Entries on one page of an answer. */
  readonly pageSize: number;
  /** What the client calls this server: `172.17.8.101:49153`. */
  readonly host: string;
  readonly contentType: string | undefined;
  /** All of the body, read when it is asked for. @throws ApiError 413 when it is too long */
  body(): Promise<string>;
}

/** @throws ApiError 413 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) throw new ApiError(413, `request body is larger than ${bodyLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The original asks for a Content-Type where a unit is written, and nowhere else. @throws ApiError 415 */
export function requireJson(request: ApiRequest): void {
  if (request.contentType === undefined) throw new ApiError(415, 'expected 1 Content-Type, got 0');
  const [type] = request.contentType.split(';', 1);
  if (type?.trim() !== 'application/json') {
    throw new ApiError(415, 'only acceptable Content-Type is application/json');
  }
}

/**
 * The body as JSON, its keys spelled as `keys` spells them: the original is written in Go, whose decoder takes a key in upper and
 * lower case alike (package encoding/json), so clients of it write `Value` as well as `value`.
 * @throws ApiError 400
 */
export async function readJsonBody(request: ApiRequest, keys: readonly string[]): Promise<unknown> {
  const text = await request.body();
  const spelling = new Map(keys.map((key) => [key.toLowerCase(), key]));
  const respelled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(respelled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [spelling.get(key.toLowerCase()) ?? key, respelled(inner)]),
    );
  };
  try {
    return respelled(JSON.parse(text));
  } catch (error) {
    throw new ApiError(400, `unable to decode body: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
}
