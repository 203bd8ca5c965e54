import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { HmacMd5 } from './hmac-md5.ts';

/** What the server keeps of a user: enough to check a password or a SCRAM proof, never the password. */
export interface Credentials {
  readonly user: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
  /** Keyed hash of the password, under a key of its own. */
  readonly fingerprint: Buffer;
  readonly fingerprintKey: Buffer;
  /** For CRAM-MD5. */
  readonly hmacMd5: HmacMd5;
}

const iterations = 4096;

/** Derives the keys of RFC 5802 section 3 (SHA-512). Takes some milliseconds, hence once per password change. */
export function createCredentials(user: string, password: string, salt: Buffer = randomBytes(32)): Credentials {
  const fingerprintKey = randomBytes(64);
  const salted = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return {
    user,
    salt,
    iterations,
    storedKey: sha512(hmac(salted, 'Client Key')),
    serverKey: hmac(salted, 'Server Key'),
    fingerprint: hmac(fingerprintKey, password),
    fingerprintKey,
    hmacMd5: HmacMd5.of(password),
  };
}

/**
 * Checks a plain password (SASL PLAIN, HTTP Basic). By the fingerprint, not by PBKDF2: anybody may ask, and some milliseconds of
 * this one thread for each wrong password would stop all clients.
 */
export function checkPassword(credentials: Credentials, user: string, password: string): boolean {
  const { fingerprint, fingerprintKey } = credentials;
  return timingSafeEqual(hmac(fingerprintKey, password), fingerprint) && user === credentials.user;
}

/** Whether two passwords are the same, in a time that does not depend on where they differ. */
export function samePassword(left: string, right: string): boolean {
  return timingSafeEqual(hmac(processKey, left), hmac(processKey, right));
}

/** Credentials as they are kept on a disk: bytes in base64. Whoever reads them can try passwords, and sign in by CRAM-MD5. */
export interface KeptCredentials {
  readonly user: string;
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
  readonly fingerprint: string;
  readonly fingerprintKey: string;
  readonly md5States: string;
}

/** As they go to the disk, as JSON: bytes in base64. The password itself is in neither. Pure. */
export function kept(credentials: Credentials): KeptCredentials {
  const { user, iterations, salt, storedKey, serverKey, fingerprint, fingerprintKey, hmacMd5 } = credentials;
  const text = (bytes: Buffer): string => bytes.toString('base64');
  return {
    user,
    iterations,
    salt: text(salt),
    storedKey: text(storedKey),
    serverKey: text(serverKey),
    fingerprint: text(fingerprint),
    fingerprintKey: text(fingerprintKey),
    md5States: text(hmacMd5.states),
  };
}

/** What `kept` has written. Pure. */
export function credentialsFrom(kept: KeptCredentials): Credentials {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const { user, iterations } = kept;
  return {
    user,
    iterations,
    salt: bytes(kept.salt),
    storedKey: bytes(kept.storedKey),
    serverKey: bytes(kept.serverKey),
    fingerprint: bytes(kept.fingerprint),
    fingerprintKey: bytes(kept.fingerprintKey),
    hmacMd5: HmacMd5.restored(bytes(kept.md5States)),
  };
}

const processKey = randomBytes(64);

/** HMAC-SHA-512 (RFC 2104), 64 bytes. Pure. */
export function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha512', key).update(data).digest();
}

/** SHA-512 (FIPS 180-4), 64 bytes. Pure. */
export function sha512(data: Buffer): Buffer {
  return createHash('sha512').update(data).digest();
}
