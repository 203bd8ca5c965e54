import { randomBytes, timingSafeEqual } from 'node:crypto';
import { HmacMd5 } from './hmac-md5.ts';

/** Stands in for a name that nobody has. */
const decoy = HmacMd5.of(randomBytes(16).toString('hex'));

/**
 * Server side of CRAM-MD5 (RFC 2195), one exchange: the client answers a challenge with its name and HMAC-MD5 of the challenge under the
 * password. SDKs up to 2.x take it wherever it is offered.
 */
export class CramMd5Exchange {
  readonly challenge: string;

  /** @param challenge nothing that was ever said before */
  constructor(challenge: string = randomBytes(16).toString('hex')) {
    this.challenge = challenge;
  }

  /**
   * Takes the client's answer, `NAME DIGEST`.
   * @param keyOf key of a name, undefined where there is none; unknown names take as long as known ones
   * @returns the name that was proven
   */
  final(message: string, keyOf: (name: string) => HmacMd5 | undefined): string | undefined {
    const [, name, digest] = /^(.+) ([0-9a-f]{32})$/su.exec(message) ?? [];
    if (name === undefined || digest === undefined) return undefined;
    const key = keyOf(name);
    const isSame = timingSafeEqual((key ?? decoy).digest(this.challenge), Buffer.from(digest, 'hex'));
    return isSame && key !== undefined ? name : undefined;
  }
}
