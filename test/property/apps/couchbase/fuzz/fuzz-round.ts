import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '#test/unit/apps/couchbase/support/kv-client.ts';
import { startServerProcess, type ServerProcess } from '#test/unit/apps/couchbase/support/server-process.ts';
import { createBucket, setUp } from '#test/unit/apps/couchbase/support/set-up.ts';
import { designDocument, type DesignDocument } from './design-documents.ts';
import { httpRequest, type HttpRequest } from './http-requests.ts';
import { keyValueSession, type KeyValueSession } from './key-value-sessions.ts';

/** How long anything may take, ms: what hangs does so for ever, and a host may be busy. */
const deadlineMs = 300_000;
/** The server's resident memory after a round, bytes. */
const mostResident = 300 * 1024 * 1024;
/** Nothing that a client sends may be a surprise to the server. */
const mistake = /failed: [A-Za-z]*Error/u;

type Deed = KeyValueSession | HttpRequest | DesignDocument;

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: keyValueSession },
  { weight: 12, arbitrary: httpRequest },
  { weight: 1, arbitrary: designDocument },
);

/**
 * Does to a new server what the seed says, one thing after the other. Each has to come to an end, another client is answered after it,
 * and the server neither says that it made a mistake nor keeps what it was sent.
 * @param bundle of the server
 * @throws Error that says what was broken by which deed
 */
export async function fuzzRound(bundle: string, seed: number, deeds: number): Promise<void> {
  const server = await startServerProcess(bundle);
  let last = 'the start';
  try {
    await setUp(server.ports.mgmt, 600);
    await createBucket(server.ports.mgmt, 'default');
    await someDocuments(server);
    for (const [number, one] of fc.sample(deed, { seed, numRuns: deeds }).entries()) {
      last = `deed ${number}: ${deedText(one)}`;
      await within('an end of it', carryOut(server, one));
      const { status } = await within("another client's answer", aSign(server.ports.kv));
      if (status !== statuses.success) throw new Error(`another client got status ${status}`);
      const said = server.log.find((line) => mistake.test(line));
      if (said !== undefined) throw new Error(`the server said ${said}`);
    }
    const resident = residentBytes(server.pid);
    if (resident > mostResident) throw new Error(`${Math.round(resident / 1e6)} MB are resident`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const again = `again: LAB_FUZZ_SECONDS=0 LAB_FUZZ_SEED=${seed} npm run fuzz`;
    throw new Error(`seed ${seed}: ${why}\n${again}\n${last}`, { cause: error });
  } finally {
    await server.stop('SIGKILL');
  }
}

/** Of somebody who has just come: a deed may be that the users are others, or the bucket is gone. */
async function aSign(port: number): Promise<{ readonly status: number }> {
  const client = await KvClient.open(port);
  const answer = await client.call(packet(opcodes.version));
  client.close();
  return answer;
}

/** @throws Error where it takes longer than anything may */
async function within<Result>(what: string, done: Promise<Result>): Promise<Result> {
  const cancelled = new AbortController();
  const late = pause(deadlineMs, 'late' as const, { signal: cancelled.signal }).catch(() => 'late' as const);
  try {
    const first = await Promise.race([done.then((result) => ({ result })), late]);
    if (first === 'late') throw new Error(`there was not ${what} within ${deadlineMs} ms`);
    return first.result;
  } finally {
    cancelled.abort();
  }
}

async function someDocuments({ ports }: ServerProcess): Promise<void> {
  const client = await KvClient.ready(ports.kv);
  for (const [key, value] of Object.entries({
    a: '{"a":{"b":[1,2]},"n":1}',
    json: '{"list":[]}',
    number: '7',
    b: 'no JSON',
  }))
    await client.call(packet(opcodes.set, { key: inDefault(key), value, extras: Buffer.alloc(8) }));
  client.close();
}

function carryOut(server: ServerProcess, one: Deed): Promise<unknown> {
  if (one.kind === 'key-value') return talk(server.ports.kv, one);
  if (one.kind === 'http') return send(server.ports[one.port], one);
  return publish(server.ports.capi, one);
}

/** Sends everything and the end of it; resolves when the server has closed the connection. */
async function talk(port: number, { segments, isRude }: KeyValueSession): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const received: Buffer[] = [];
  if (isRude) socket.pause();
  else socket.on('data', (chunk) => received.push(chunk));
  for (const segment of segments) {
    if (socket.destroyed) break;
    // A turn of the loop: else they go out as one.
    await new Promise((resolve) => socket.write(segment, resolve));
  }
  if (isRude) socket.destroy();
  else socket.end();
  await closed;
  checkPackets(Buffer.concat(received));
}

/** Answers, and requests of the server's own (a configuration, changes), one behind the other. The last may be cut by the end. */
function checkPackets(bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    if (![0x80, 0x81, 0x82].includes(bytes.readUInt8(at)))
      throw new Error(`an answer begins with ${bytes.readUInt8(at)}`);
    if (at + 24 > bytes.length) return;
    at += 24 + bytes.readUInt32BE(at + 8);
  }
}

/** Resolves with the answer's status when it has ended, or begun where it has no end. */
async function send(
  port: number,
  { method, target, headers, body }: Omit<HttpRequest, 'kind' | 'port'>,
): Promise<number> {
  const whole = { ...headers, 'content-length': Buffer.byteLength(body) };
  const outgoing = request({ host: '127.0.0.1', port, method, path: target, headers: whole, agent: false });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  outgoing.end(body);
  let incoming;
  try {
    [incoming] = await answered;
  } catch (error) {
    // Refused in the midst of the body: the connection is closed then.
    if (['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
  incoming.on('error', () => undefined);
  const ended = new Promise((resolve) => incoming.once('close', resolve));
  incoming.resume();
  if (/streaming|\/bs\//iu.test(target)) outgoing.destroy();
  await ended;
  return incoming.statusCode ?? 0;
}

async function publish(port: number, { source, queries }: DesignDocument): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from('Administrator:Password1').toString('base64')}` };
  const json = { ...headers, 'content-type': 'application/json' };
  await send(port, { method: 'PUT', target: '/default/_design/d', headers: json, body: source });
  for (const query of queries)
    await send(port, { method: 'GET', target: `/default/_design/d/_view/v?${query}`, headers, body: '' });
}

/** Resident memory (proc_pid_status(5)). */
function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function deedText(one: Deed): string {
  const shown =
    one.kind === 'key-value' ? one.segments.map((segment) => segment.toString('hex')).join(' ') : JSON.stringify(one);
  return shown.length > 3000 ? `${shown.slice(0, 3000)}...` : shown;
}
