import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { LabError } from '#errors/lab-error.ts';

/** Files that say who may use the API by TCP; each undefined: not asked for. */
export interface AuthFiles {
  /** A secret that clients send as `Authorization: Bearer ...`. */
  readonly token: string | undefined;
  /** With these two the API speaks TLS. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Clients need a certificate by this authority. */
  readonly clientAuthority: string | undefined;
}

/** Who may use the API by TCP. */
export interface ApiGuard {
  /** For a TLS server; undefined: plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer | undefined } | undefined;
  /** Has this request what it needs? Takes the same time for any token. */
  admits(request: Pick<IncomingMessage, 'headers' | 'socket'>): boolean;
}

/** Shorter ones can be guessed. */
const tokenLeast = 16;
/** Of a file that is meant to hold a secret or a certificate. */
const fileLimitBytes = 256 * 1024;

/**
 * Reads the files. What the API asks of a client is all that is configured: the token, a certificate, or both.
 * @returns undefined when nothing is: the API is open, as the original's is
 * @throws LabError `config.auth`
 */
export function apiGuard(files: AuthFiles): ApiGuard | undefined {
  const { token, certificate, key, clientAuthority } = files;
  if ([token, certificate, key, clientAuthority].every((file) => file === undefined)) return undefined;
  if ((certificate === undefined) !== (key === undefined))
    throw bad('a certificate and a key belong together', 'set both of tls_cert_file and tls_key_file, or none');
  if (clientAuthority !== undefined && certificate === undefined)
    throw bad('certificates of clients need TLS', 'set tls_cert_file and tls_key_file beside tls_client_ca_file');
  const secret = token === undefined ? undefined : digest(readToken(token));
  const tls =
    certificate === undefined || key === undefined
      ? undefined
      : {
          cert: content(certificate),
          key: content(key),
          ca: clientAuthority === undefined ? undefined : content(clientAuthority),
        };
  return {
    tls,
    admits({ headers, socket }) {
      const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? '';
      const hasToken = secret === undefined || timingSafeEqual(secret, digest(given));
      return hasToken && (clientAuthority === undefined || (socket instanceof TLSSocket && socket.authorized));
    },
  };
}

/** Of one length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readToken(file: string): string {
  const token = content(file).toString('utf8').trim();
  if ((statSync(file).mode & 0o077) !== 0)
    throw bad(`${file} holds the token, and others may read it`, `chmod 600 ${file}`);
  if (token.length >= tokenLeast && !/\s/.test(token)) return token;
  throw bad(
    `${file} holds no token: one word of at least ${tokenLeast} characters`,
    `head -c 32 /dev/urandom | base64 > ${file}`,
  );
}

function content(file: string): Buffer {
  try {
    if (statSync(file).size <= fileLimitBytes) return readFileSync(file);
  } catch (error) {
    throw bad(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, `ls -l ${file}`);
  }
  throw bad(`${file} is larger than ${fileLimitBytes} bytes`, `ls -l ${file}`);
}

function bad(cause: string, next: string): LabError {
  return new LabError({ code: 'config.auth', cause, next });
}
