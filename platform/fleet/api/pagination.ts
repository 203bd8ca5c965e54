import { ApiError } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** Entries on one page, unless fleetd is told otherwise (`token_limit`). */
export const defaultPageSize = 100;

/**
 * One page of `items` as {[name]: [...], nextPageToken?}; an empty page is {}. A token is base64url of two little-endian 16-bit
 * numbers, the page size and the page number (fleet HTTP API v1, "Pagination").
 */
export function pageOf(
  name: string,
  items: readonly unknown[],
  { query, pageSize }: Pick<ApiRequest, 'query' | 'pageSize'>,
): Record<string, unknown> {
  const token = query.get('nextPageToken') ?? '';
  const page = token === '' ? 1 : readToken(token, pageSize);
  const shown = items.slice((page - 1) * pageSize, page * pageSize);
  return {
    ...(shown.length > 0 && { [name]: shown }),
    ...(items.length > page * pageSize && { nextPageToken: writeToken(page + 1, pageSize) }),
  };
}

function writeToken(page: number, pageSize: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(pageSize, 0);
  bytes.writeUInt16LE(page, 2);
  // Padded, because the original's tokens are.
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function readToken(token: string, pageSize: number): number {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(token))
    throw new ApiError(400, `illegal base64 data at input byte ${firstBad(token)}`);
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 4) throw new ApiError(400, 'invalid page token');
  if (bytes.readUInt16LE(0) !== pageSize) throw new ApiError(400, `token limit must be ${pageSize}`);
  const page = bytes.readUInt16LE(2);
  if (page === 0) throw new ApiError(400, 'invalid page token');
  return page;
}

function firstBad(token: string): number {
  return Math.max(0, token.search(/[^A-Za-z0-9_-]/));
}
