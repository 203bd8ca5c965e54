import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hmac, sha512, type Credentials } from './credentials.ts';

/** Where one SCRAM-SHA-512 exchange stands. `failed` never says why: the client may not learn which part was wrong. */
export type ScramStep = { readonly kind: 'continue' | 'done'; readonly message: string } | { readonly kind: 'failed' };

/**
 * Server side of SCRAM-SHA-512 (RFC 5802 with SHA-512, as Couchbase's SDKs always use on plain TCP), one exchange.
 * An unknown user goes through the same messages and fails at the end, so that names cannot be probed.
 */
export class ScramExchange {
  readonly #lookup: (user: string) => Credentials | undefined;
  readonly #decoy: Credentials;
  readonly #nonce: string;
  #known = false;
  #credentials: Credentials | undefined;
  #transcript = '';
  #gs2 = '';
  #combined = '';

  /**
   * @param lookup finds a user
   * @param decoy stands in for a user that does not exist
   * @param nonce server part of the nonce, printable without commas
   */
  constructor(
    lookup: (user: string) => Credentials | undefined,
    decoy: Credentials,
    nonce: string = randomBytes(24).toString('base64'),
  ) {
    this.#lookup = lookup;
    this.#decoy = decoy;
    this.#nonce = nonce;
  }

  /** Takes the client's first message (`n,,n=user,r=nonce`). */
  first(message: string): ScramStep {
    const match = /^([ny],[^,]*,)(n=([^,]*),r=([^,]+).*)$/su.exec(message);
    const [, gs2, bare, name, clientNonce] = match ?? [];
    if (gs2 === undefined || bare === undefined || name === undefined || clientNonce === undefined) return failed;
    const found = this.#lookup(name.replaceAll('=2C', ',').replaceAll('=3D', '='));
    this.#known = found !== undefined;
    this.#credentials = found ?? this.#decoy;
    this.#gs2 = gs2;
    this.#combined = clientNonce + this.#nonce;
    const answer = `r=${this.#combined},s=${this.#credentials.salt.toString('base64')},i=${this.#credentials.iterations}`;
    this.#transcript = `${bare},${answer}`;
    return { kind: 'continue', message: answer };
  }

  /** Takes the client's final message (`c=...,r=...,p=proof`). */
  final(message: string): ScramStep {
    const match = /^(c=([^,]*),r=([^,]*).*),p=([^,]+)$/su.exec(message);
    const [, withoutProof, channel, nonce, proofText] = match ?? [];
    const credentials = this.#credentials;
    if (credentials === undefined || withoutProof === undefined || proofText === undefined) return failed;
    const transcript = `${this.#transcript},${withoutProof}`;
    const proof = Buffer.from(proofText, 'base64');
    const signature = hmac(credentials.storedKey, transcript);
    if (proof.length !== signature.length) return failed;
    const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const proven = timingSafeEqual(sha512(clientKey), credentials.storedKey);
    const bound = channel === Buffer.from(this.#gs2).toString('base64') && nonce === this.#combined;
    if (!proven || !bound || !this.#known) return failed;
    return { kind: 'done', message: `v=${hmac(credentials.serverKey, transcript).toString('base64')}` };
  }
}

const failed: ScramStep = { kind: 'failed' };
