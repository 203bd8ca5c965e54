import { request } from 'node:http';
import type { FollowedState } from './followed-state.ts';

/** The server that is followed, as `--follow` names it. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Time for the state to arrive, ms. */
const patienceMs = 10_000;

/** Largest state: design documents of all buckets. */
const maxStateBytes = 512 * 1024 * 1024;

/** Reads `http://USER:PASSWORD@HOST:PORT`; undefined when it is something else. */
export function readOrigin(text: string): Origin | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search } = new URL(text);
  if (protocol !== 'http:' || hostname === '' || username === '' || pathname !== '/' || search !== '') return undefined;
  return {
    host: hostname.replace(/^\[|\]$/gu, ''),
    port: port === '' ? 80 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

/** Asks the origin for what is no document. @throws Error that says in a line why there is none */
export function askState({ host, port, user, password }: Origin): Promise<FollowedState> {
  return new Promise((resolve, reject) => {
    const auth = `${user}:${password}`;
    const outgoing = request({ host, port, path: '/follow/state', auth, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxStateBytes) outgoing.destroy(new Error(`its state has over ${maxStateBytes} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.statusCode !== 200) {
          reject(new Error(`it answered ${incoming.statusCode ?? 0} to ${user}, who has to be an administrator there`));
          return;
        }
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as FollowedState);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
