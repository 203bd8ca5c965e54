import { allows, type Access, type Grant } from './permission.ts';

/** Reading, writing, or both, as bits: every request on a document asks. */
export const accessBits = { read: 1, write: 2, both: 3 } as const;

/** What somebody may do with the documents of one bucket, computed once for many requests. */
export class DocumentAccess {
  /** Revision of the users that it was computed from. */
  readonly revision: number;
  /** Allowed in every collection. */
  readonly #whole: number;
  readonly #grants: readonly Grant[];

  /** @param grants all of a principal */
  constructor(grants: readonly Grant[], bucket: string, revision: number) {
    this.revision = revision;
    this.#grants = grants.filter(
      ({ area, within }) => area === 'data' && (within.bucket === undefined || within.bucket === bucket),
    );
    const whole = this.#grants.filter(({ within }) => within.scope === undefined);
    this.#whole = whole.flatMap(({ to }) => to).reduce((bits, to) => bits | accessBits[to], 0);
  }

  /** Whether all of `needs` (accessBits) are allowed in a collection, `_default` where none is named. */
  allows(needs: number, scope = '_default', collection = '_default'): boolean {
    const left = needs & ~this.#whole;
    return left === 0 || (['read', 'write'] as const).every((to) => this.#mayIn(to, left, scope, collection));
  }

  #mayIn(to: Access, needs: number, scope: string, collection: string): boolean {
    return (needs & accessBits[to]) === 0 || allows(this.#grants, { area: 'data', to, scope, collection });
  }
}
