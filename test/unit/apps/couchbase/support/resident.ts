import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Finished } from './process.ts';

/** The image's couchbase-cli. */
export const imagesClient = join(import.meta.dirname, '../../../../../apps/couchbase/bin/couchbase-cli');

export interface Call {
  readonly argv: readonly string[];
  /** Path of the server's socket. */
  readonly socket: string;
  /** What runs instead of the server. */
  readonly own: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly uid?: number;
  /** A copy of the image's couchbase-cli. */
  readonly client?: string;
  /** A line of bash that has the client as "$@", and its exit code. */
  readonly shell?: string;
}

/** Starts it. */
export function startClient({
  argv,
  socket,
  own,
  env = {},
  stdin = '',
  uid,
  client = imagesClient,
  shell,
}: Call): ChildProcessWithoutNullStreams {
  const line = ['perl', client, ...argv] as const;
  const [program, ...words] =
    shell === undefined ? line : (['bash', '--norc', '-o', 'pipefail', '-c', shell, 'bash', ...line] as const);
  const child = spawn(program, words, {
    env: { PATH: process.env['PATH'], COUCHBASE_CLI_SOCKET: socket, COUCHBASE_CLI_OWN: own, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  child.stdin.on('error', () => undefined); // it need not read
  child.stdin.end(stdin);
  return child;
}

export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** A program in couchbase-cli's place that says that it ran, and with what. Exit code 9. @returns its path */
export async function standIn(directory: string): Promise<string> {
  const path = join(directory, 'own.cjs');
  await writeFile(path, `console.log('own', process.argv[2]); process.exitCode = 9;`);
  return path;
}
