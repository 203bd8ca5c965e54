import type { IncomingMessage } from 'node:http';
import { ApiError } from './reply.ts';

/** Largest request body: far above any unit file, far below what could hurt. */
const bodyLimitBytes = 1024 * 1024;

/** A request as the resources see it. `path` is below /fleet/v1, decoded, without the leading slash. */
export interface ApiRequest {
  method: string;
  path: readonly string[];
  query: URLSearchParams;
  contentType: string | undefined;
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

/** @throws ApiError 415 or 400 */
export async function readJsonBody(request: ApiRequest): Promise<unknown> {
  if (request.contentType === undefined) throw new ApiError(415, 'expected 1 Content-Type, got 0');
  if (request.contentType.split(';')[0]?.trim() !== 'application/json') {
    throw new ApiError(415, 'only acceptable Content-Type is application/json');
  }
  const text = await request.body();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, `unable to decode body: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
}
