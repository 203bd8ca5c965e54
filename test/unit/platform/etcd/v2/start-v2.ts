import type { AddressInfo } from 'node:net';
import type { CopyLimits } from '#platform/etcd/v2/copied-reads.ts';
import { usualLimits, v2Server } from '#platform/etcd/v2/v2-server.ts';

export interface RunningV2 {
  url: string;
  close(): Promise<void>;
}

/** The v2 API on a free port of 127.0.0.1, in front of one member. `v2UrlOf` of a member whose v2 API is elsewhere. */
export async function startV2(
  endpoint: string,
  opts: {
    timeoutMs?: number;
    v2UrlOf?: (url: string) => string;
    watches?: number;
    connections?: number;
    copy?: CopyLimits;
  } = {},
): Promise<RunningV2> {
  let url = '';
  const v2UrlOf = opts.v2UrlOf ?? (() => url);
  const { watches = usualLimits.watches, connections = usualLimits.connections, copy = usualLimits.copy } = opts;
  const limits = { ...usualLimits, watches, connections, copy };
  const v2 = v2Server({ endpoint, timeoutMs: opts.timeoutMs ?? 20_000, v2UrlOf, limits });
  const server = await v2.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => v2.close() };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** One request; a string body is a form's. */
export async function http(base: string, method: string, path: string, body?: string): Promise<Answer> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const init = body === undefined ? { method } : { method, body, headers: form };
  const res = await fetch(`${base}${path}`, { ...init, redirect: 'manual' });
  return { status: res.status, headers: res.headers, text: await res.text() };
}

/**
 * Without what differs between two stores: indexes, times, names made of indexes, and the order of etcd's unsorted lists. Of seconds that
 * are left only the tens count: on a busy host some have gone between two questions, and one more of the one than of the other.
 */
export function comparable({ status, headers, text }: Answer) {
  const sorted = text.includes('"nodes":[') ? `${JSON.stringify(JSON.parse(text, byKey))}\n` : text;
  const plain = sorted
    .replace(/"(modifiedIndex|createdIndex|index)":\d+/g, '"$1":0')
    .replace(/"expiration":"[^"]*"/g, '"expiration":"T"')
    .replace(/"ttl":(\d{2,})/g, (_, left) => `"ttl":${Math.ceil(Number(left) / 10) * 10}`)
    .replace(/\d{20}/g, 'N'.repeat(20))
    .replace(/\[(\d+) != \d+\]/g, '[$1 != N]');
  const shown = ['content-type', 'allow', 'location', 'access-control-allow-origin', 'x-content-type-options'];
  const has = ['x-etcd-index', 'x-etcd-cluster-id', 'x-raft-index', 'x-raft-term'].filter((name) => headers.has(name));
  return { status, text: plain, headers: shown.map((name) => headers.get(name)), has };
}

interface Node {
  key: string;
}

function byKey(name: string, value: unknown): unknown {
  return name === 'nodes' ? (value as Node[]).sort((a, b) => (a.key < b.key ? -1 : 1)) : value;
}
